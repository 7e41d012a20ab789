"""What webnet-ui itself registers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.plugins.items import NavItem, Section, Settings
from webnet_core.plugins.markers import hookimpl
from webnet_ui.conf import UISettings


@hookimpl
def webnet_register_settings() -> Iterable[Settings]:
    """The section UI."""
    return [Settings(key="UI", model=UISettings)]


@hookimpl
def webnet_register_ui() -> Iterable[NavItem]:
    """The navigation's entries of core's own things."""
    return [
        NavItem(
            key="webnet_ui.dashboard",
            label="Dashboard",
            route="webnet:dashboard",
            section=Section.HOME,
            icon="layout-dashboard",
            weight=0,
        ),
        NavItem(
            key="webnet_ui.devices",
            label="Devices",
            route="webnet:device-list",
            section=Section.INVENTORY,
            icon="router",
            weight=100,
        ),
        NavItem(
            key="webnet_ui.run",
            label="Run a task",
            route="webnet:run",
            section=Section.AUTOMATE,
            icon="play",
            weight=100,
            permission="jobs.run",
        ),
        NavItem(
            key="webnet_ui.jobs",
            label="Jobs",
            route="webnet:job-list",
            section=Section.AUTOMATE,
            icon="list-checks",
            weight=200,
        ),
    ]
