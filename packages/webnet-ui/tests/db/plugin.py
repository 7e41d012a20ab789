"""A plugin with tasks, tabs, panels and widgets, good ones and broken ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html

from webnet_core.inventory.models import Device
from webnet_core.plugins.items import Panel, PlanRow, Tab, TaskSpec, Widget
from webnet_core.plugins.markers import hookimpl

ON = "webnet_core.device"


def nothing(_task: Any) -> None:
    """Do nothing."""


def broken(*_arguments: Any) -> Any:
    """Fail as a plugin would."""
    message = "the plugin's own bug"
    raise RuntimeError(message)


def bad_query(*_arguments: Any) -> Any:
    """Fail inside the database."""
    return list(Device.objects.extra(where=["no_such_column = 1"]))


def say(text: str) -> Any:
    """Return a render that says `text`."""
    return lambda _viewer, *_rest: format_html("<p>{}</p>", text)


class Tasks:
    """Stands in for the packages that bring tasks, whose names carry no prefix, and plans them."""

    __module__ = "webnet_nornir.webnet_plugin"

    @hookimpl
    def webnet_register_tasks(self):
        return [
            TaskSpec(name="backup_config", title="Back up", run=nothing, needs=frozenset({"get_config"})),
            TaskSpec(name="get_facts", title="Read facts", run=nothing, needs=frozenset({"get_facts"})),
            TaskSpec(name="wipe", title="Wipe", run=nothing, needs=frozenset({"wipe"}), risk="disrupt"),
        ]

    @hookimpl
    def webnet_plan_targets(self, task, devices) -> Mapping[int, PlanRow]:
        return {
            device.pk: PlanRow(device_id=device.pk, driver="carrier", reason=f"the <b>only</b> one for {task.name}")
            for device in devices
        }


class Clueless(Tasks):
    """Brings tasks and fails at planning them."""

    __module__ = "webnet_nornir.webnet_plugin"

    @hookimpl
    def webnet_plan_targets(self):
        return broken()


class Good:
    """Items that work."""

    @hookimpl
    def webnet_register_ui(self):
        return [
            Tab(key="acme.slots", label="Slots", on=ON, render=say("slots here"), weight=300, badge=lambda _v, _o: 7),
            Tab(key="acme.jobs", label="Other jobs", on=ON, render=say("other jobs here"), weight=310),
            Tab(key="acme.secret", label="Secret", on=ON, render=say("x"), permission="credentials.edit"),
            Tab(key="acme.site", label="Site tab", on="webnet_core.site", render=say("x")),
            Panel(
                key="acme.fans", label="Fans", on="webnet_core.Device", render=say("all turn"), weight=20, lazy=False
            ),
            Panel(key="acme.power", label="Power", on=ON, render=say("230 V"), weight=10, slot="aside", lazy=False),
            Panel(key="acme.later", label="Later", on=ON, render=say("came later")),
            Panel(key="acme.hidden", label="Hidden", on=ON, render=say("x"), permission="audit.view"),
            Widget(key="acme.wine", label="Wine", render=say("cellar full"), weight=20),
            Widget(key="acme.ale", label="Ale", render=say("barrel full"), weight=10),
        ]


class Broken:
    """Items that fail in each of the ways there are."""

    @hookimpl
    def webnet_register_ui(self):
        return [
            Tab(key="bad.tab", label="Bad tab", on=ON, render=broken, badge=broken),
            Panel(key="bad.panel", label="Bad panel", on=ON, context=broken, template="no/such.html", lazy=False),
            Panel(key="bad.template", label="No template", on=ON, template="no/such.html", lazy=False),
            Panel(key="bad.query", label="Bad query", on=ON, render=bad_query, lazy=False),
            Panel(key="bad.right", label="Bad right", on=ON, render=say("x"), permission="no.such.right", lazy=False),
            Widget(key="bad.widget", label="Bad widget", render=broken),
        ]
