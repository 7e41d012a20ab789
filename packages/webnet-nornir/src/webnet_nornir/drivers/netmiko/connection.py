"""netmiko sessions that check the host key, notice a lost connection, bound what they read and can be cut off."""

from __future__ import annotations

import base64
import codecs
import contextlib
import functools
import re
import socket
from typing import Any

import paramiko
from netmiko.channel import Channel
from netmiko.exceptions import ReadException, ReadTimeout

from webnet_core.plugins.items import Platform, Trait
from webnet_nornir.drivers.base import Target, Timeouts
from webnet_nornir.drivers.netmiko.options import connection_class, netmiko_arguments
from webnet_nornir.exceptions import (
    AuthenticationRefused,
    ConnectionLost,
    HostKeyUnknown,
    IncompleteOutput,
    NornirError,
)

_MOST_AT_ONCE = 65_535
_SINGLE_BYTES = "webnet.single-bytes"
ENABLE_REFUSED = "The device refused the enable password, or asks for one the credential does not have."


class RefuseUnknownKey(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """The last line of defence: a session without a pinned key does not get as far as a password."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Refuse."""
        raise HostKeyUnknown(shown=key.fingerprint)


def _as_single_bytes(error: UnicodeError) -> tuple[str, int]:
    """Decode what is no text in the session's encoding byte by byte, as the ISO 8859-1 that old devices speak."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("iso-8859-1"), error.end


codecs.register_error(_SINGLE_BYTES, _as_single_bytes)


class WatchedChannel(Channel):
    """netmiko's channel, except that it ends: when the device hangs up, when it sends too much, when it is told to.

    It also loses nothing and adds nothing: netmiko decodes each packet by itself, drops a character that two packets
    share and every byte that is not of the encoding, and makes two line ends of one that two packets share.
    """

    def __init__(self, inner: Any, limit: int) -> None:
        self._inner = inner
        self._limit = limit
        self._received = 0
        self._decoder = codecs.getincrementaldecoder(inner.encoding)(_SINGLE_BYTES)
        self._carriage = ""
        self.aborted = False

    def begin(self) -> None:
        """Count what is received from here on: a new command begins."""
        self._received = 0

    def write_channel(self, out_data: str) -> None:
        """Send text."""
        self._check()
        self._inner.write_channel(out_data)

    def read_buffer(self) -> str:
        """Return what has arrived, empty where nothing has."""
        self._check()
        received = self._receive()
        self._received += len(received)
        if self._received > self._limit:
            raise IncompleteOutput.above(self._limit)
        if not received and self._hung_up():
            raise ConnectionLost
        text: str = self._carriage + self._decoder.decode(received)
        # A carriage return is held back until it shows whether a line feed belongs to it.
        whole = text.rstrip("\r")
        self._carriage = text[len(whole) :]
        return whole

    def read_channel(self) -> str:
        """Return all that has arrived."""
        pieces = []
        while piece := self.read_buffer():
            pieces.append(piece)
        return "".join(pieces)

    def _receive(self) -> bytes:
        connection = self._inner.remote_conn
        if connection is None or not connection.recv_ready():
            return b""
        return bytes(connection.recv(_MOST_AT_ONCE))

    def _check(self) -> None:
        if self.aborted:
            raise ReadException("the run gave this session up")

    def _hung_up(self) -> bool:
        # netmiko asks only whether data is ready, which a dead channel never has: it would poll until its timeout.
        connection = self._inner.remote_conn
        if connection is None or connection.recv_ready():
            return False
        return bool(connection.closed or connection.eof_received or not connection.transport.is_active())


class _Watching:
    """Mixed into netmiko's class of a platform."""

    known_hosts: tuple[tuple[str, str], ...] = ()
    output_limit = 0
    given_up = False
    channel: Any
    host: str
    port: int

    def establish_connection(self, width: int = 511, height: int = 1000) -> None:
        super().establish_connection(width=width, height=height)  # type: ignore[misc]  # netmiko's class follows in the MRO
        self.channel = WatchedChannel(self.channel, self.output_limit)
        self.channel.aborted = self.given_up

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client: paramiko.SSHClient = super()._build_ssh_client()  # type: ignore[misc]  # as above
        client.set_missing_host_key_policy(RefuseUnknownKey())
        name = self.host if self.port == paramiko.config.SSH_PORT else f"[{self.host}]:{self.port}"
        for key_type, key in self.known_hosts:
            client.get_host_keys().add(name, key_type, paramiko.PKey.from_type_string(key_type, base64.b64decode(key)))
        return client


@functools.cache
def _watching(netmiko_class: Any) -> Any:
    return type(f"Watching{netmiko_class.__name__}", (_Watching, netmiko_class), {})


class NetmikoSession:
    """A logged-in session as Nornir holds it; `connection` is netmiko's own object."""

    def __init__(self, target: Target, sock: socket.socket) -> None:
        self.platform: Platform = target.platform
        self.timeouts: Timeouts = target.timeouts
        self.has_enable_password = bool(target.secrets.enable_password)
        self.enabled = False
        self.reusable = True
        self._socket = sock
        self.connection: Any = _watching(connection_class(target.platform))(**netmiko_arguments(target), sock=sock)
        self.connection.known_hosts = tuple(target.known_hosts)
        self.connection.output_limit = target.output_limit

    def login(self) -> None:
        """Negotiate, check the host key, log in, switch paging off. Whatever fails, everything is closed."""
        try:
            self.connection._open()  # noqa: SLF001 - the handle must exist before the login does, so that abort works in it
        except BaseException:
            self.close()
            raise

    def begin_command(self) -> None:
        """Start counting output anew."""
        self.connection.channel.begin()

    def enable(self) -> None:
        """Enter privileged mode where the platform has one and the session is not in it yet.

        Raises:
            AuthenticationRefused: The device refused the enable password.
        """
        if Trait.ENABLE not in self.platform.traits or self.enabled:
            return
        before = self.connection.read_timeout_override
        self.connection.read_timeout_override = self.timeouts.auth
        try:
            self.connection.enable()
        except ReadTimeout as error:
            # Asked for the password a second time, the device waits; so does netmiko.
            raise AuthenticationRefused(ENABLE_REFUSED, what="enable") from error
        finally:
            self.connection.read_timeout_override = before
        self.enabled = True

    @property
    def prompt_pattern(self) -> str:
        """What ends a command's output.

        netmiko's default pattern is the bare host name, which a configuration may well contain; at the very end of what
        has arrived, at the start of its line and with a terminator, it is the prompt.
        """
        return rf"(?:^|[\r\n]){re.escape(self.connection.base_prompt)}[^\r\n]{{0,60}}[>#]\s*$"

    def open(self, *arguments: Any, **options: Any) -> None:
        """Refuse: a session is opened by the driver, after the host key is known."""
        raise NornirError("Sessions are opened by webnet_nornir.plugin.perform, which checks the host key first.")

    def close(self) -> None:
        """Log out and close; never raises, and waits no longer than netmiko's own log-out does."""
        connection = self.connection
        if connection.remote_conn is None or self._gone():
            connection.cleanup = _nothing
        with contextlib.suppress(Exception):
            connection.disconnect()
        with contextlib.suppress(OSError):
            self._socket.close()

    def abort(self) -> None:
        """End any read at once; called from another thread."""
        self.connection.given_up = True
        channel = getattr(self.connection, "channel", None)
        if isinstance(channel, WatchedChannel):
            channel.aborted = True
        else:
            self.connection.channel = _Dead()

    def alive(self) -> bool:
        """Whether the transport still stands and nothing made the session unfit for another job."""
        return self.reusable and not self._gone()

    def _gone(self) -> bool:
        remote = self.connection.remote_conn
        if self.connection.given_up or remote is None or remote.closed:
            return True
        return not remote.transport.is_active()


class _Dead(Channel):
    """Stands where a login has not made its channel yet."""

    def __init__(self) -> None:
        pass

    def read_buffer(self) -> str:
        raise ReadException("the run gave this session up")

    def read_channel(self) -> str:
        return self.read_buffer()

    def write_channel(self, out_data: str) -> None:
        self.read_buffer()


def _nothing(command: str = "") -> None:
    """Take the place of netmiko's log-out where nobody listens any more."""


def shown_key(sock: socket.socket, timeouts: Timeouts) -> tuple[str, str]:
    """Negotiate SSH as far as the host key and hang up; nothing that identifies anybody is sent.

    Returns:
        Key type and base64 key, of the type this library prefers and will be shown again.
    """
    transport = paramiko.Transport(sock)
    transport.banner_timeout = timeouts.banner
    try:
        transport.start_client(timeout=timeouts.banner + 1)
        key = transport.get_remote_server_key()
        return key.get_name(), key.get_base64()
    finally:
        transport.close()
        sock.close()
