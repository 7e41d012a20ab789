"""NAPALM sessions: NAPALM's drivers over a netmiko session webnet opened and checked."""

from __future__ import annotations

import contextlib
import functools
import socket
from typing import Any, Final

from napalm import get_network_driver

from webnet_core.plugins.items import Platform
from webnet_nornir.drivers.base import Target, Timeouts
from webnet_nornir.drivers.napalm.cli import ScannedCli
from webnet_nornir.drivers.napalm.options import NAME, split_options
from webnet_nornir.drivers.netmiko.connection import NetmikoSession
from webnet_nornir.exceptions import NornirError, ProtocolFailure

# What NAPALM's parsers raise at an answer they do not expect.
NOT_UNDERSTOOD: Final = (KeyError, IndexError, AttributeError, TypeError, ValueError)


class _Handed:
    """Mixed into NAPALM's class of a platform: takes the connection it is handed instead of opening one."""

    handed_cli: ScannedCli
    device: Any

    def _netmiko_open(self, device_type: str, netmiko_optional_args: Any = None) -> ScannedCli:
        self._netmiko_device: Any = self.handed_cli
        return self.handed_cli

    def _netmiko_close(self) -> None:
        self._netmiko_device = self.device = None


@functools.cache
def _handed(name: str) -> Any:
    napalm_class = get_network_driver(name)
    return type(f"Handed{napalm_class.__name__}", (_Handed, napalm_class), {})


class NapalmSession:
    """A logged-in session as Nornir holds it; `connection` is NAPALM's own object."""

    def __init__(self, target: Target, sock: socket.socket) -> None:
        own, rest = split_options(target)
        self.platform: Platform = target.platform
        self.timeouts: Timeouts = target.timeouts
        self.has_enable_password = bool(target.secrets.enable_password)
        self.session = NetmikoSession(rest, sock)
        self.cli = ScannedCli(self.session)
        self.connection: Any = _handed(target.platform.names[NAME])(
            target.address, target.secrets.username, "", optional_args=own
        )
        self.connection.handed_cli = self.cli

    def login(self) -> None:
        """Log in as netmiko does, then let NAPALM look at the device. Whatever fails, everything is closed."""
        self.session.login()
        try:
            self._look_at_device()
        except BaseException:
            self.session.abort()
            self.close()
            raise

    def _look_at_device(self) -> None:
        try:
            self.connection.open()
        except NOT_UNDERSTOOD as error:
            raise not_understood(error) from error

    def enable(self) -> None:
        """Enter privileged mode where the platform has one."""
        self.session.enable()

    def begin(self, seconds: float) -> None:
        """Give each command of the operation that follows this long, and forget earlier answers."""
        self.cli.seconds = seconds
        self.cli.answers.clear()

    def open(self, *arguments: Any, **options: Any) -> None:
        """Refuse: a session is opened by the driver, after the host key is known."""
        raise NornirError("Sessions are opened by webnet_nornir.plugin.perform, which checks the host key first.")

    def close(self) -> None:
        """Let NAPALM tidy up, log out and close; never raises."""
        if self.session.alive():
            self.cli.seconds = self.timeouts.auth
            with contextlib.suppress(Exception):
                self.connection.close()
        # NAPALM's objects look at their connection once more when they are collected.
        self.connection.device = None
        self.session.close()

    def abort(self) -> None:
        """End any read at once; called from another thread."""
        self.session.abort()

    def alive(self) -> bool:
        """Whether the transport still stands and nothing made the session unfit for another job."""
        return self.session.alive()


def not_understood(error: Exception) -> ProtocolFailure:
    """Return the error for an answer that NAPALM's parser stumbled over."""
    return ProtocolFailure(
        f"NAPALM does not understand what the device told of itself ({type(error).__name__}: {error})."
    )
