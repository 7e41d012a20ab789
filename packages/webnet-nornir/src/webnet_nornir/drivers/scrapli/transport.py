"""scrapli's ssh2 transport, over a socket webnet dialled: it checks the host key, and every wait in it ends."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from scrapli.exceptions import ScrapliConnectionNotOpened
from scrapli.transport.base.base_socket import Socket
from scrapli.transport.plugins.ssh2.transport import Ssh2Transport
from ssh2.exceptions import AuthenticationError, SSH2Error, Timeout
from ssh2.session import LIBSSH2_METHOD_HOSTKEY, Session

from webnet_nornir.drivers.base import Target, Timeouts
from webnet_nornir.drivers.privatekeys import libssh2_form
from webnet_nornir.exceptions import AuthenticationRefused, ConnectionLost, IncompleteOutput, ProtocolFailure, TimedOut
from webnet_nornir.hostkeys import require_pinned

T = TypeVar("T")

# The order in which host keys are asked for, as paramiko's: all drivers are shown the same key of a device.
HOST_KEY_ALGORITHMS: Final = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
)
_SIGNED_BY = {"rsa-sha2-512": "ssh-rsa", "rsa-sha2-256": "ssh-rsa"}
_HANG_UP_SECONDS = 2.0


class Descriptor:
    """A descriptor of a socket for libssh2 alone, open for as long as libssh2 may touch it.

    libssh2 remembers a number, and uses it once more when its session is freed: were the socket closed before, that
    could by then be the number of another device's connection. ssh2's session keeps this object as long as it lives.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._number = os.dup(sock.fileno())

    def fileno(self) -> int:
        """Return its number."""
        return self._number

    def __del__(self) -> None:
        os.close(self._number)


class CheckedTransport(Ssh2Transport):
    """One SSH connection over a socket that is connected already.

    Args:
        base: What scrapli's own transport was made with.
        target: The device; its pinned keys are the only ones accepted.
        sock: The connected socket. Whoever dialled it closes it.
    """

    def __init__(self, base: Ssh2Transport, target: Target, sock: socket.socket) -> None:
        super().__init__(
            base_transport_args=base._base_transport_args,  # noqa: SLF001 - scrapli builds transports of its own only
            plugin_transport_args=base.plugin_transport_args,
        )
        self.given_up = False
        self._target = target
        self._limit = target.output_limit
        self._received = 0
        self._deadline = time.monotonic() + target.timeouts.command
        self._dialled = sock
        self._key = libssh2_form(target.secrets.ssh_private_key) if target.secrets.ssh_private_key else ""

    def begin(self, seconds: float) -> None:
        """Give whatever follows this long, and count what is received from here on."""
        self._received = 0
        self._deadline = time.monotonic() + seconds

    def open(self) -> None:
        """Negotiate, check the host key, log in, ask for a shell.

        Raises:
            HostError: What went wrong, told apart.
        """
        timeouts = self._target.timeouts
        self.socket = Socket(self._target.address, self._target.port, timeouts.connect)
        self.socket.sock = self._dialled
        self.session = negotiate(self._dialled, timeouts, self._target.known_hosts)
        require_pinned(self._target.known_hosts, *shown_key(self.session))
        self.session.set_timeout(int(timeouts.auth * 1000))
        _explained(self._log_in, "The device took the login and never answered it; its AAA server may be down.")
        if not self.session.userauth_authenticated():
            raise AuthenticationRefused(
                "The device refused the user name or the password; check the device's credential."
            )
        _explained(self._open_channel, "The login went through, but the device opened no terminal in time.")

    def read(self) -> bytes:
        """Return what the device sends next.

        Raises:
            TimedOut, ConnectionLost, IncompleteOutput: It sends nothing more in time, hung up, or sends too much.
        """
        data = self._in_time(self._read_some)
        self._received += len(data)
        if self._received > self._limit:
            raise IncompleteOutput.above(self._limit)
        return data

    def write(self, channel_input: bytes) -> None:
        """Send bytes.

        Raises:
            TimedOut, ConnectionLost: The device takes none in time, or hung up.
        """
        self._in_time(lambda: self._channel().write(channel_input))

    def isalive(self) -> bool:
        """Whether the device has not hung up; what it said meanwhile stays unread."""
        if self.session_channel is None or self.given_up:
            return False
        try:
            return self._dialled.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            return True
        except OSError:
            return False

    def hang_up(self) -> None:
        """End every wait at once; called from any thread."""
        self.given_up = True
        with contextlib.suppress(OSError):
            self._dialled.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close channel and session; waits two seconds for the device's own goodbye at most."""
        if self.session is not None:
            self.session.set_timeout(int(_HANG_UP_SECONDS * 1000))
        if self.session_channel is not None and not self.given_up:
            with contextlib.suppress(SSH2Error):
                self.session_channel.close()
        self.hang_up()
        # Told to send where nothing can be sent any more, libssh2 notices that the socket is dead and leaves it alone.
        if self.session is not None:
            with contextlib.suppress(SSH2Error):
                self.session.disconnect()
        self.session = self.session_channel = self.socket = None

    def _log_in(self) -> None:
        # One attempt with the password: devices lock accounts. The device is asked first how it wants to be told.
        secrets = self._target.secrets
        methods = _names(self._session().userauth_list(secrets.username))
        if self._key and "publickey" in methods:
            with contextlib.suppress(AuthenticationError):
                self._session().userauth_publickey_frommemory(secrets.username, self._key.encode())
        if self._session().userauth_authenticated() or not secrets.password:
            return
        with contextlib.suppress(AuthenticationError):
            if "password" in methods or "keyboard-interactive" not in methods:
                self._session().userauth_password(secrets.username, secrets.password)
            else:
                self._session().userauth_keyboardinteractive(secrets.username, secrets.password)

    def _read_some(self) -> bytes:
        size, data = self._channel().read(65535)
        if size <= 0:
            raise ConnectionLost
        return bytes(data)

    def _in_time(self, doing: Callable[[], T]) -> T:
        left = self._deadline - time.monotonic()
        if self.given_up:
            raise ConnectionLost
        if left <= 0:
            raise TimedOut("The device's prompt did not come back in time.")
        self._session().set_timeout(max(1, int(left * 1000)))
        try:
            return doing()
        except Timeout as error:
            raise TimedOut("The device's prompt did not come back in time.") from error
        except SSH2Error as error:
            raise ConnectionLost from error

    def _channel(self) -> Any:
        if self.session_channel is None:
            raise ConnectionLost
        return self.session_channel

    def _session(self) -> Any:
        if self.session is None:
            raise ScrapliConnectionNotOpened
        return self.session


def negotiate(sock: socket.socket, timeouts: Timeouts, known: Sequence[tuple[str, str]] = ()) -> Session:
    """Negotiate SSH over a connected socket, asking for a key of a pinned type first; nobody is identified yet.

    Raises:
        TimedOut, ProtocolFailure: No SSH server answers there, in time or in a way this library understands.
    """
    session = Session()
    session.set_timeout(int(timeouts.banner * 1000))
    types = [kind for kind, _ in known]
    order = sorted(HOST_KEY_ALGORITHMS, key=lambda name: _SIGNED_BY.get(name, name) not in types)
    session.method_pref(LIBSSH2_METHOD_HOSTKEY, ",".join(order))
    try:
        session.handshake(Descriptor(sock))
    except Timeout as error:
        del session  # or the error's traceback keeps it, and its descriptor with it
        raise TimedOut(
            "The port accepts connections, but no SSH server answered there in time.", stage="ssh"
        ) from error
    except SSH2Error as error:
        del session
        raise ProtocolFailure(
            f"SSH could not be negotiated ({type(error).__name__}): the port closes connections without a greeting, or "
            "offers no algorithm this worker accepts. Check the port, and whether the device has free lines."
        ) from error
    return session


def shown_key(session: Session) -> tuple[str, str]:
    """Return the (key type, base64 key) the other side proved to hold."""
    blob = bytes(session.hostkey()[0])
    (length,) = struct.unpack(">I", blob[:4])
    return blob[4 : 4 + length].decode("ascii"), base64.b64encode(blob).decode("ascii")


def _explained(doing: Callable[[], None], late: str) -> None:
    try:
        doing()
    except Timeout as error:
        raise TimedOut(late, stage="ssh") from error
    except SSH2Error as error:
        raise AuthenticationRefused(
            "The device hung up while the login was checked; it refuses this login, or all its lines are taken."
        ) from error


def _names(methods: Any) -> tuple[str, ...]:
    return tuple(one.decode() if isinstance(one, bytes) else str(one) for one in methods or ())
