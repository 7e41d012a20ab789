"""A channel a client opened: a terminal, or a transfer of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh
from asyncssh.stream import SSHServerStreamSession

from webnet_sim.ssh.terminal import Terminal
from webnet_sim.ssh.transfer import FileServer

if TYPE_CHECKING:
    from webnet_sim.device import Device


class Channel(asyncssh.SSHServerSession[bytes]):
    """What a channel becomes is known only when the client asks for something on it.

    Args:
        device: The device.
        user: Who logged in.
        number: Number of the connection, for the transcript.
    """

    def __init__(self, device: Device, user: str, number: int) -> None:
        self._device = device
        self._number = number
        self._inner: asyncssh.SSHServerSession[bytes] = Terminal(device, user, number)
        self._channel: asyncssh.SSHServerChannel[bytes]

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        self._channel = chan
        self._inner.connection_made(chan)

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        """Any terminal will do."""
        return True

    def shell_requested(self) -> bool:
        """The command line."""
        return True

    def exec_requested(self, command: str) -> bool:
        """A single command, or SCP."""
        if command.startswith("scp "):
            return self._transfer()
        return bool(self._inner.exec_requested(command))

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP is the only one."""
        return subsystem == "sftp" and self._transfer()

    def session_started(self) -> None:
        """Start to serve."""
        self._inner.session_started()

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """Something came from the client."""
        self._inner.data_received(data, datatype)

    def eof_received(self) -> bool:
        """The client sends no more."""
        return bool(self._inner.eof_received())

    def break_received(self, msec: int) -> bool:
        """A break is ignored."""
        return True

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._inner.connection_lost(exc)

    def _transfer(self) -> bool:
        if not self._device.vendor.serves_files(self._device):
            return False
        stream: SSHServerStreamSession[bytes] = SSHServerStreamSession(
            None, lambda _chan: FileServer(self._device, self._number, self._channel), 3, allow_scp=True
        )
        stream.connection_made(self._channel)
        self._inner = stream
        return True
