"""The NAPALM driver."""

from __future__ import annotations

import importlib.util
import socket
from typing import TYPE_CHECKING, Final, cast

from nornir.core.plugins.connections import ConnectionPlugin

from webnet_core.plugins.items import Platform
from webnet_nornir.drivers.base import Announce, LateOperations, Target
from webnet_nornir.drivers.napalm.options import NAME, OTHER_WAYS, OVER_SSH

if TYPE_CHECKING:
    from webnet_nornir.drivers.napalm.connection import NapalmSession

_OPERATIONS: Final = ("run_commands", "get_config", "get_facts")
_LIBRARIES: Final = ("napalm", "nornir_napalm", "netmiko", "nornir_netmiko")


class NapalmDriver:
    """Devices NAPALM has a driver for that works over their command line, through netmiko."""

    name = NAME
    requires = "webnet-nornir[napalm]"
    operations = LateOperations("webnet_nornir.drivers.napalm.tasks", _OPERATIONS)

    def missing(self) -> str:
        """Return what to install, or nothing."""
        return self.requires if any(importlib.util.find_spec(name) is None for name in _LIBRARIES) else ""

    def supports(self, platform: Platform, operation: str) -> bool:
        """Tell whether NAPALM's driver for `platform` works over a command line, and does `operation` as asked."""
        return not self.obstacle(platform, operation)

    def obstacle(self, platform: Platform, operation: str) -> str:
        """Return why not, in words."""
        if NAME not in platform.names:
            return "NAPALM has no driver for it"
        if platform.names[NAME] not in OVER_SSH or "netmiko" not in platform.names:
            way = OTHER_WAYS.get(platform.names[NAME])
            instead = f": it speaks {way}, through which no session of webnet goes yet" if way else ""
            return f"NAPALM's driver for it does not work over the command line{instead}"
        if operation == "configure":
            return "NAPALM loads configurations as a whole and saves them at once; it enters no lines"
        if operation == "get_config" and not platform.config_commands:
            return "the platform's data name no command that shows its configuration"
        return "" if operation in _OPERATIONS else "NAPALM has no such operation"

    def show_key(self, target: Target, sock: socket.socket) -> tuple[str, str]:
        """Return the host key the device shows."""
        from webnet_nornir.drivers.netmiko.connection import shown_key  # noqa: PLC0415 - netmiko is an extra

        try:
            return shown_key(sock, target.timeouts)
        except Exception as error:
            raise self.failure(error) from error

    def open(self, target: Target, sock: socket.socket, announce: Announce) -> ConnectionPlugin:
        """Log in over `sock`."""
        from webnet_nornir.drivers.napalm.connection import NapalmSession  # noqa: PLC0415 - napalm is an extra

        try:
            session = NapalmSession(target, sock)
            announce(session)
        except BaseException:
            sock.close()
            raise
        try:
            session.login()
        except Exception as error:
            raise self.failure(error) from error
        return session

    def alive(self, connection: ConnectionPlugin) -> bool:
        """Tell whether the session can be used again."""
        return cast("NapalmSession", connection).alive()

    def abort(self, connection: ConnectionPlugin) -> None:
        """End any read on the session."""
        cast("NapalmSession", connection).abort()

    def failure(self, error: Exception) -> Exception:
        """Translate what NAPALM, netmiko or paramiko raised."""
        from webnet_nornir.drivers.napalm.failures import translate  # noqa: PLC0415 - napalm is an extra

        return translate(error)
