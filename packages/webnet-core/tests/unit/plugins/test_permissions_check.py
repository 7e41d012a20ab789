"""What is registered may only ask for permissions that exist."""

from __future__ import annotations

from typing import Any

import pytest

from webnet_core.checks import check_permissions
from webnet_core.plugins.items import NavItem, Section, TaskSpec
from webnet_core.plugins.markers import hookimpl


class Plugin:
    """Registers a task and an item with the permission it was made with."""

    def __init__(self, permission: str) -> None:
        self.permission = permission

    @hookimpl
    def webnet_register_tasks(self) -> Any:
        return [TaskSpec(name="acme.ask", title="Ask", run=print, permission=self.permission)]

    @hookimpl
    def webnet_register_ui(self) -> Any:
        return [
            NavItem(key="acme.nav", label="A", route="x", section=Section.HOME, permission=self.permission),
        ]


@pytest.mark.parametrize(("permission", "found"), [("view", []), ("jobs.runn", ["webnet.E012", "webnet.E012"])])
def test_a_permission_nobody_declared_is_an_error_of_the_check(
    webnet_plugins: Any, permission: str, found: list[str]
) -> None:
    webnet_plugins.load(acme=Plugin(permission))
    messages = [message for message in check_permissions() if "acme." in message.msg]
    assert [message.id for message in messages] == found
    assert all("jobs.run" in str(message.hint) for message in messages)
