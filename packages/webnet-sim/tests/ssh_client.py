"""A bare SSH client for tests that look at single bytes."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import paramiko

if TYPE_CHECKING:
    from webnet_sim.network import SimulatedDevice


PATIENCE = 60.0


class Shell:
    """An interactive shell on a device, with nothing done on our own account."""

    def __init__(self, device: SimulatedDevice) -> None:
        self._transport = connect(device)
        self.channel = self._transport.open_session()
        self.channel.get_pty("vt100", 80, 24)
        self.channel.invoke_shell()
        self.channel.settimeout(PATIENCE)
        self._unread = ""

    def read_until(self, end: str) -> str:
        """Everything up to and with a text; what comes after is kept. Fails after a minute without a byte."""
        while end not in self._unread:
            data = self.channel.recv(65536)
            assert data, f"closed before {end!r}; saw {self._unread!r}"
            self._unread += data.decode(errors="replace")
        seen, _, self._unread = self._unread.partition(end)
        return seen + end

    def read_exactly(self, count: int) -> str:
        """So many characters, however long they take within the channel's patience."""
        while len(self._unread) < count:
            data = self.channel.recv(65536)
            assert data, f"closed after {self._unread!r}"
            self._unread += data.decode(errors="replace")
        seen, self._unread = self._unread[:count], self._unread[count:]
        return seen

    def read_for(self, seconds: float) -> str:
        """Whatever comes in so long."""
        seen, deadline = self._unread, time.monotonic() + seconds
        self._unread = ""
        while time.monotonic() < deadline:
            if self.channel.recv_ready():
                seen += self.channel.recv(65536).decode(errors="replace")
            else:
                time.sleep(0.01)
        return seen

    def ask(self, line: str, end: str = "#") -> str:
        """Type a line and read its echo and the answer, to the end of the next prompt."""
        self.channel.sendall(f"{line}\n".encode())
        return self.read_until("\r\n") + self.read_until(end)

    def type(self, text: str) -> None:
        """Type without a return."""
        self.channel.sendall(text.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()


def connect(device: SimulatedDevice, password: str | None = None) -> paramiko.Transport:
    """Log in to a device; the caller closes the transport."""
    transport = paramiko.Transport((device.host, device.port))
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = PATIENCE
    transport.connect(username=device.spec.username, password=password or device.spec.password)
    return transport
