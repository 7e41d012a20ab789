"""The public door of webnet-core: everything a plugin may import. All else may change without notice.

Importing this module loads no Django, so rules and platforms work without it; what needs Django comes when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from webnet_core.exceptions import (
    ConfigurationError,
    Conflict,
    CredentialUnreadable,
    FieldError,
    InvalidInput,
    NotFound,
    PermissionDenied,
    SecretUnavailable,
    UnknownKey,
    WebnetError,
)
from webnet_core.plugins.items import (
    JSON,
    VIEW,
    Attempt,
    CollectBatch,
    Collected,
    Draft,
    ErrorCategory,
    HealthCheck,
    HealthResult,
    HostStatus,
    JobOutcome,
    JobStatus,
    Level,
    NavItem,
    NoParams,
    Outcome,
    Panel,
    Phase,
    PlanRow,
    Platform,
    PlatformExtension,
    Risk,
    ScheduleNotice,
    Scope,
    SecretBackend,
    SecretRequest,
    Section,
    Settings,
    SettingsSection,
    Tab,
    TaskSpec,
    TickStep,
    Topic,
    Trait,
    UIItem,
    Veto,
    Viewer,
    Widget,
)
from webnet_core.plugins.markers import hookimpl
from webnet_core.plugins.registry import Registry, registry

if TYPE_CHECKING:
    from webnet_core.apps import WebnetAppConfig
    from webnet_core.conf import settings

_NEEDS_DJANGO = {"WebnetAppConfig": "webnet_core.apps", "settings": "webnet_core.conf"}

__all__ = [
    "JSON",
    "VIEW",
    "Attempt",
    "CollectBatch",
    "Collected",
    "ConfigurationError",
    "Conflict",
    "CredentialUnreadable",
    "Draft",
    "ErrorCategory",
    "FieldError",
    "HealthCheck",
    "HealthResult",
    "HostStatus",
    "InvalidInput",
    "JobOutcome",
    "JobStatus",
    "Level",
    "NavItem",
    "NoParams",
    "NotFound",
    "Outcome",
    "Panel",
    "PermissionDenied",
    "Phase",
    "PlanRow",
    "Platform",
    "PlatformExtension",
    "Registry",
    "Risk",
    "ScheduleNotice",
    "Scope",
    "SecretBackend",
    "SecretRequest",
    "SecretUnavailable",
    "Section",
    "Settings",
    "SettingsSection",
    "Tab",
    "TaskSpec",
    "TickStep",
    "Topic",
    "Trait",
    "UIItem",
    "UnknownKey",
    "Veto",
    "Viewer",
    "WebnetAppConfig",
    "WebnetError",
    "Widget",
    "hookimpl",
    "registry",
    "settings",
]


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_DJANGO:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_DJANGO[name]), name)
