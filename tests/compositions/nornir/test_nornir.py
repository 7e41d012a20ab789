"""Jobs run on devices without anything that stores configurations or shows pages."""

from __future__ import annotations

from webnet_core.asgi import socket_routes
from webnet_core.plugins.registry import registry


def test_the_tasks_are_the_executors_own() -> None:
    assert set(registry("tasks")) == {"run_commands", "get_config", "get_facts"}


def test_there_is_a_driver() -> None:
    assert "netmiko" in registry("drivers")


def test_there_are_sockets_where_channels_is_installed() -> None:
    assert len(socket_routes()) == 1
