"""What a driver is: a library that opens a session on a device and performs operations over it."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

from nornir.core.plugins.connections import ConnectionPlugin

from webnet_core.plugins.items import Platform
from webnet_core.secrets.models import Secrets

NornirTask: TypeAlias = Callable[..., Any]
Announce: TypeAlias = Callable[[ConnectionPlugin], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """Seconds a driver waits: for TCP, for the login's answer, for the SSH banner, for one command's end."""

    connect: float = 10.0
    auth: float = 15.0
    banner: float = 15.0
    command: float = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One device as a driver needs it.

    `known_hosts` are the (key type, base64 key) pairs pinned for it: a driver accepts those and no other, and checks
    before it sends a password. `options` are the device's own for this driver.
    """

    address: str
    port: int
    platform: Platform
    secrets: Secrets
    known_hosts: Sequence[tuple[str, str]]
    options: Mapping[str, Any] = field(default_factory=dict)
    timeouts: Timeouts = field(default_factory=Timeouts)
    output_limit: int = 50 * 1024 * 1024


class LateOperations(Mapping[str, NornirTask]):
    """Operations whose tasks are imported when one is asked for: a driver is registered without its library.

    Args:
        module: Where a mapping ``OPERATIONS`` from each name to its task stands.
        names: The operations there.
    """

    def __init__(self, module: str, names: Sequence[str]) -> None:
        self._module = module
        self._names = tuple(names)

    def __getitem__(self, name: str) -> NornirTask:
        if name not in self._names:
            raise KeyError(name)
        found: NornirTask = importlib.import_module(self._module).OPERATIONS[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@runtime_checkable
class Driver(Protocol):
    """A library that talks to devices.

    `name` is also the name Nornir's tasks ask for their connection by; `requires` is the distribution to install;
    `operations` maps each operation the driver can perform to the Nornir task that does it.
    """

    name: str
    requires: str

    @property
    def operations(self) -> Mapping[str, NornirTask]:
        """What the driver can do, and the Nornir task that does it."""

    def missing(self) -> str:
        """Return what to `pip install` for this driver to work; empty where everything is there."""

    def supports(self, platform: Platform, operation: str) -> bool:
        """Tell whether the driver can do `operation` on devices of `platform`.

        A driver that also has `obstacle(platform, operation) -> str`, empty where it can, is quoted with its reason.
        """

    def show_key(self, target: Target, sock: socket.socket) -> tuple[str, str]:
        """Return the (key type, base64 key) the device shows, and send nothing that identifies anybody.

        The socket is closed in any case. The secrets of `target` are not looked at.

        Raises:
            HostError: The device does not get as far as showing a key.
        """

    def open(self, target: Target, sock: socket.socket, announce: Announce) -> ConnectionPlugin:
        """Log in to `target` over the connected `sock`.

        `announce` is called with the connection before any waiting begins, so that `abort` can end the login too. On
        an error everything is closed, the socket included.

        Raises:
            HostError: What went wrong, told apart: host key, login, protocol, time.
        """

    def alive(self, connection: ConnectionPlugin) -> bool:
        """Tell whether the session can be used again."""

    def abort(self, connection: ConnectionPlugin) -> None:
        """End any read on `connection` at once; called from another thread, perhaps repeatedly, and never blocks."""

    def failure(self, error: Exception) -> Exception:
        """Translate what the library raised into a `HostError`; return `error` itself where it is none of its own."""


def obstacle(driver: Driver, platform: Platform, operation: str) -> str:
    """Return why a driver cannot do `operation` on devices of `platform`, in words; empty where it can."""
    explain = getattr(driver, "obstacle", None)
    if explain is not None:
        return str(explain(platform, operation))
    return "" if driver.supports(platform, operation) else f"{driver.name} does not offer it there"
