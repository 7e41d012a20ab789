"""A driver in memory, for what needs no device."""

from __future__ import annotations

import socket

from webnet_core.plugins.items import Platform
from webnet_nornir.connections import connect
from webnet_nornir.context import KEY, DeviceFacts, HostContext
from webnet_nornir.selection import DriverChoice


class FakeConnection:
    connection = None

    def __init__(self):
        self.closed = False

    def open(self, *arguments, **options):
        raise AssertionError("drivers open")

    def close(self):
        self.closed = True


class FakeDriver:
    """Answers operations with what it was given: a value, or an error to raise; `opening` fails the login."""

    def __init__(self, name, *, answers=None, opening=None, missing=""):
        self.name = name
        self.requires = f"webnet-{name}"
        self.opening = opening
        self.opened = []
        self.asked = []
        self._answers = {"run_commands": {"show clock": "12:00"}} if answers is None else answers
        self._missing = missing

    @property
    def operations(self):
        return {operation: self._task(operation) for operation in self._answers}

    def missing(self):
        return self._missing

    def supports(self, platform, operation):
        return operation in self._answers

    def show_key(self, target, sock):
        sock.close()
        return "ssh-ed25519", "AAAA"

    def open(self, target, sock, announce):
        connection = FakeConnection()
        announce(connection)
        sock.close()
        if self.opening is not None:
            raise self.opening
        self.opened.append(connection)
        return connection

    def alive(self, connection):
        return not connection.closed

    def abort(self, connection):
        connection.closed = True

    def failure(self, error):
        return error

    def _task(self, operation):
        def task(task, **arguments):
            connect(task.host, self.name)
            self.asked.append((operation, arguments))
            answer = self._answers[operation]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return task


PLATFORM = Platform(
    slug="cisco_ios",
    label="Cisco IOS",
    vendor="Cisco",
    names={"netmiko": "cisco_ios"},
    drivers=("first", "second"),
    errors=(r"^% Invalid input",),
    config_end=r"^end\s*$",
)


def listening():
    """A port that accepts connections."""
    return socket.create_server(("127.0.0.1", 0))


def facts(**fields):
    base = {"id": 1, "customer_id": 1, "hostname": "r1", "address": "127.0.0.1", "platform": "cisco_ios"}
    return DeviceFacts(**{**base, **fields})


def context(*drivers, port=22, operation="run_commands", **fields):
    """A context that would try `drivers` in this order."""
    names = [driver.name for driver in drivers]
    choice = DriverChoice(driver=names[0], reason="test", fallbacks=tuple(names[1:]))
    base = {
        "device": facts(port=port),
        "platform": PLATFORM,
        "drivers": {driver.name: driver for driver in drivers},
        "choices": {operation: choice},
        "known_hosts": (("ssh-ed25519", "AAAA"),),
        "allowed_networks": ("127.0.0.0/8",),
    }
    return HostContext(**{**base, **fields})


def carry(host, held):
    host.data[KEY] = held
    return host
