"""The public door of webnet-core: everything a plugin may import. All else may change without notice.

Importing this module loads no Django, so rules and platforms work without it; what needs Django comes when asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from webnet_core.events.types import (
    Channel,
    DeliveryFailed,
    Event,
    EventType,
    HostEvent,
    HostReachable,
    HostUnreachable,
    InventoryInconsistent,
    JobFailed,
    JobOutcome,
    Message,
    PerformanceDegraded,
    ScheduleNotice,
    SchedulePaused,
    WebhookDisabled,
)
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
    from webnet_core.events.emit import emit

_NEEDS_DJANGO = {
    "WebnetAppConfig": "webnet_core.apps",
    "emit": "webnet_core.events.emit",
    "settings": "webnet_core.conf",
}

__all__ = [
    "JSON",
    "VIEW",
    "Attempt",
    "Channel",
    "CollectBatch",
    "Collected",
    "ConfigurationError",
    "Conflict",
    "CredentialUnreadable",
    "DeliveryFailed",
    "Draft",
    "ErrorCategory",
    "Event",
    "EventType",
    "FieldError",
    "HealthCheck",
    "HealthResult",
    "HostEvent",
    "HostReachable",
    "HostStatus",
    "HostUnreachable",
    "InvalidInput",
    "InventoryInconsistent",
    "JobFailed",
    "JobOutcome",
    "JobStatus",
    "Level",
    "Message",
    "NavItem",
    "NoParams",
    "NotFound",
    "Outcome",
    "Panel",
    "PerformanceDegraded",
    "PermissionDenied",
    "Phase",
    "PlanRow",
    "Platform",
    "PlatformExtension",
    "Registry",
    "Risk",
    "ScheduleNotice",
    "SchedulePaused",
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
    "WebhookDisabled",
    "WebnetAppConfig",
    "WebnetError",
    "Widget",
    "emit",
    "hookimpl",
    "registry",
    "settings",
]


def __getattr__(name: str) -> Any:
    if name not in _NEEDS_DJANGO:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_DJANGO[name]), name)
