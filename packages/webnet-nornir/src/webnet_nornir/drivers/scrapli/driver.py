"""The scrapli driver."""

from __future__ import annotations

import importlib.util
import socket
from typing import TYPE_CHECKING, cast

from nornir.core.plugins.connections import ConnectionPlugin

from webnet_core.plugins.items import Platform
from webnet_nornir.drivers.base import Announce, LateOperations, Target
from webnet_nornir.facts import command_line_obstacle

if TYPE_CHECKING:
    from webnet_nornir.drivers.scrapli.connection import ScrapliSession

NAME = "scrapli"


class ScrapliDriver:
    """Devices with a command line over SSH, through scrapli, its ssh2 transport and its Nornir tasks."""

    name = NAME
    requires = "webnet-nornir[scrapli]"
    operations = LateOperations(
        "webnet_nornir.drivers.scrapli.tasks", ("run_commands", "get_config", "get_facts", "configure")
    )

    def missing(self) -> str:
        """Return what to install, or nothing."""
        absent = [name for name in ("scrapli", "ssh2", "nornir_scrapli") if importlib.util.find_spec(name) is None]
        return self.requires if absent else ""

    def supports(self, platform: Platform, operation: str) -> bool:
        """Tell whether `platform` has a name for scrapli and what the operation reads."""
        return not self.obstacle(platform, operation)

    def obstacle(self, platform: Platform, operation: str) -> str:
        """Return why not, in words."""
        if NAME not in platform.names:
            return "scrapli knows no such platform"
        return command_line_obstacle(platform, operation)

    def show_key(self, target: Target, sock: socket.socket) -> tuple[str, str]:
        """Return the host key the device shows."""
        from webnet_nornir.drivers.scrapli.connection import shown_key  # noqa: PLC0415 - scrapli is an extra

        try:
            return shown_key(sock, target.timeouts)
        except Exception as error:
            raise self.failure(error) from error

    def open(self, target: Target, sock: socket.socket, announce: Announce) -> ConnectionPlugin:
        """Log in over `sock`."""
        from webnet_nornir.drivers.scrapli.connection import ScrapliSession  # noqa: PLC0415 - scrapli is an extra

        try:
            session = ScrapliSession(target, sock)
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
        return cast("ScrapliSession", connection).alive()

    def abort(self, connection: ConnectionPlugin) -> None:
        """End any read on the session."""
        cast("ScrapliSession", connection).abort()

    def failure(self, error: Exception) -> Exception:
        """Translate what scrapli or libssh2 raised."""
        from webnet_nornir.drivers.scrapli.failures import translate  # noqa: PLC0415 - scrapli is an extra

        return translate(error)
