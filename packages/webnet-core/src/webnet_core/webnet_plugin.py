"""What webnet-core itself registers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.audit.seal import seal_waiting
from webnet_core.events import registrations as events
from webnet_core.events.types import Channel, EventType
from webnet_core.inventory.importing.retention import forget_imports
from webnet_core.jobs import monitoring
from webnet_core.jobs import registrations as jobs
from webnet_core.jobs.turns import take_turn
from webnet_core.live import monitoring as live
from webnet_core.ops import health
from webnet_core.platforms import PLATFORMS
from webnet_core.plugins.items import HealthCheck, Platform, SecretBackend, TickStep, Topic
from webnet_core.plugins.markers import hookimpl
from webnet_core.secrets.builtin import BACKENDS


@hookimpl
def webnet_register_platforms() -> Iterable[Platform]:
    """The platforms that webnet ships."""
    return PLATFORMS


@hookimpl
def webnet_register_tick_steps() -> Iterable[TickStep]:
    """What must not be missed in core."""
    return (
        *jobs.tick_steps(),
        *events.tick_steps(take_turn),
        TickStep(key="audit.seal", run=seal_waiting, weight=800),
        TickStep(key="inventory.forget_imports", run=forget_imports, weight=920),
    )


@hookimpl
def webnet_register_health_checks() -> Iterable[HealthCheck]:
    """Database, cache, broker, workers, tick and channel layer."""
    return (*health.checks(), *monitoring.checks(), *live.checks())


@hookimpl
def webnet_register_topics() -> Iterable[Topic]:
    """What can be watched live in core."""
    return jobs.topics()


@hookimpl
def webnet_register_secret_backends() -> Iterable[SecretBackend]:
    """The database, the worker's environment, files, and HashiCorp Vault."""
    return BACKENDS


@hookimpl
def webnet_register_event_types() -> Iterable[EventType]:
    """What core tells of."""
    return events.EVENT_TYPES


@hookimpl
def webnet_register_channels() -> Iterable[Channel]:
    """E-mail and webhooks."""
    return events.CHANNELS
