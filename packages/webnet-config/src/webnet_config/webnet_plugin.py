"""What webnet-config registers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webnet_config import timeline
from webnet_config.conf import ConfigSettings
from webnet_config.events import EVENT_TYPES
from webnet_config.tasks import TASKS
from webnet_core.events.types import EventType
from webnet_core.plugins.items import Settings, Tab, TaskSpec, UIItem
from webnet_core.plugins.markers import hookimpl


@hookimpl
def webnet_register_settings() -> Iterable[Settings]:
    """The section CONFIG."""
    return [Settings(key="CONFIG", model=ConfigSettings)]


@hookimpl
def webnet_register_tasks() -> Iterable[TaskSpec[Any]]:
    """Backing up."""
    return TASKS


@hookimpl
def webnet_register_event_types() -> Iterable[EventType]:
    """Contents that are new."""
    return EVENT_TYPES


@hookimpl
def webnet_register_ui() -> Iterable[UIItem]:
    """The device's configuration over time."""
    return [
        Tab(
            key="config",
            label="Config",
            on="webnet_core.device",
            template="webnet_config/device_tab.html",
            context=timeline.device_context,
            weight=300,
        )
    ]
