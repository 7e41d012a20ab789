"""scrapli sessions that check the host key, stay at the privilege they have, and can be cut off."""

from __future__ import annotations

import contextlib
import functools
import re
import socket
from collections.abc import Iterator
from typing import Any

from scrapli.exceptions import ScrapliAuthenticationFailed, ScrapliPrivilegeError

from webnet_core.plugins.items import Platform, Trait
from webnet_nornir.drivers.base import Target, Timeouts
from webnet_nornir.drivers.scrapli.options import new_connection
from webnet_nornir.drivers.scrapli.transport import CheckedTransport, negotiate
from webnet_nornir.drivers.scrapli.transport import shown_key as key_of
from webnet_nornir.exceptions import AuthenticationRefused, NornirError, TimedOut

_CLOSE_SECONDS = 3.0
_PRIVILEGED = "privilege_exec"


class ScrapliSession:
    """A logged-in session as Nornir holds it; `connection` is scrapli's own object."""

    def __init__(self, target: Target, sock: socket.socket) -> None:
        self.platform: Platform = target.platform
        self.timeouts: Timeouts = target.timeouts
        self.has_enable_password = bool(target.secrets.enable_password)
        self.reusable = True
        self.base_prompt = ""
        self._socket = sock
        self.connection: Any = new_connection(target)
        self.transport = CheckedTransport(self.connection.transport, target, sock)
        self.connection.transport = self.connection.channel.transport = self.transport
        self.connection.on_open = functools.partial(self._first_steps, self.connection.on_open)

    def login(self) -> None:
        """Negotiate, check the host key, log in, switch paging off. Whatever fails, everything is closed."""
        try:
            self.begin_command(self.timeouts.command)
            self.connection.open()
        except BaseException:
            self.transport.hang_up()
            self.close()
            raise

    def begin_command(self, seconds: float) -> None:
        """Give what follows this long, and start counting output anew."""
        self.transport.begin(seconds)

    def enable(self) -> None:
        """Enter privileged mode where the platform has one and the session is not in it yet.

        Raises:
            AuthenticationRefused: The device refused the enable password.
        """
        if Trait.ENABLE not in self.platform.traits or self.connection.default_desired_privilege_level == _PRIVILEGED:
            return
        self.begin_command(self.timeouts.auth)
        try:
            with self.any_prompt():
                self.connection.acquire_priv(_PRIVILEGED)
        except (TimedOut, ScrapliPrivilegeError, ScrapliAuthenticationFailed) as error:
            raise AuthenticationRefused(
                "The device refused the enable password, or asks for one the credential does not have.", what="enable"
            ) from error
        self.connection.default_desired_privilege_level = _PRIVILEGED

    @contextlib.contextmanager
    def any_prompt(self, pattern: str = "") -> Iterator[None]:
        """Take whatever matches `pattern` for a prompt, as while the host name or the mode changes.

        Where it is left out that is whatever looks like a prompt of the platform.
        """
        strict = self.connection.comms_prompt_pattern
        self.connection.update_privilege_levels()
        if pattern:
            self.connection.comms_prompt_pattern = pattern
        try:
            yield
        finally:
            self.connection.comms_prompt_pattern = strict

    def open(self, *arguments: Any, **options: Any) -> None:
        """Refuse: a session is opened by the driver, after the host key is known."""
        raise NornirError("Sessions are opened by webnet_nornir.plugin.perform, which checks the host key first.")

    def close(self) -> None:
        """Log out and close; never raises, and waits a few seconds at most."""
        if self.transport.isalive():
            self.begin_command(_CLOSE_SECONDS)
            with contextlib.suppress(Exception), self.any_prompt():
                self.connection.close()
        self.transport.close()
        with contextlib.suppress(OSError):
            self._socket.close()

    def abort(self) -> None:
        """End any read at once; called from another thread."""
        self.transport.hang_up()

    def alive(self) -> bool:
        """Whether the connection still stands and nothing made the session unfit for another job."""
        return self.reusable and self.transport.isalive()

    def _first_steps(self, own: Any, connection: Any) -> None:
        """Do what scrapli does after a login, but stay unprivileged: tasks that need more call `enable`."""
        prompt = connection.channel.get_prompt()
        levels = connection._determine_current_priv(prompt)  # noqa: SLF001 - scrapli has no public way to ask
        if Trait.ENABLE in self.platform.traits and "exec" in levels:
            connection.default_desired_privilege_level = "exec"
        if own is not None:
            own(connection)
        self.base_prompt = prompt.rstrip(" >#$%")
        # scrapli's patterns match any line that looks like a prompt, and take such lines out of a command's output.
        # The device's own name at the very end of what has arrived is the prompt.
        connection.comms_prompt_pattern = rf"^{re.escape(self.base_prompt)}[^\r\n]{{0,60}}[>#]\s*\Z"


def shown_key(sock: socket.socket, timeouts: Timeouts) -> tuple[str, str]:
    """Negotiate SSH as far as the host key and hang up; nothing that identifies anybody is sent.

    Returns:
        Key type and base64 key, of the type this library prefers and will be shown again.
    """
    try:
        return key_of(negotiate(sock, timeouts))
    finally:
        sock.close()
