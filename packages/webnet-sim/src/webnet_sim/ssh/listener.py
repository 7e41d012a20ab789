"""The TCP port of a device: open, closed, or accepting and silent, as its faults say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import asyncssh

from webnet_sim.exceptions import PortTaken
from webnet_sim.faults import ChangedHostKey, ClosedPort, NeverAnswers
from webnet_sim.ssh.server import make_options, serve_connection

if TYPE_CHECKING:
    from webnet_sim.device import Device

_BACKLOG = 128


class Listener:
    """A device's port on the running event loop.

    Args:
        device: The device.
        host: Loopback address to listen on.
        port: TCP port, 0 for a free one.
    """

    def __init__(self, device: Device, host: str, port: int) -> None:
        self._device = device
        self._host = host
        self._loop = asyncio.get_running_loop()
        self._options: dict[bool, asyncssh.SSHServerConnectionOptions] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._sockets: dict[int, socket.socket] = {}
        self._held: set[int] = set()
        self._sessions = 0
        self._listening = False
        self._socket = self._bind(port)
        self.port: int = self._socket.getsockname()[1]
        self.follow_faults()

    def follow_faults(self) -> None:
        """Open or close the port as the device's faults now say; closing it ends every connection."""
        closed = ClosedPort.name in self._device.faults
        if closed and self._listening:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._end_connections()
            self._socket = self._bind(self.port)
            self._listening = False
        elif not closed and not self._listening:
            self._socket.listen(_BACKLOG)
            self._loop.add_reader(self._socket, self._accept)
            self._listening = True

    async def close(self) -> None:
        """Close the port and every connection."""
        if self._listening:
            self._loop.remove_reader(self._socket)
        self._socket.close()
        tasks = list(self._connections)
        self._end_connections()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _bind(self, port: int) -> socket.socket:
        """A socket that has the port and does not listen: connections to it are refused."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setblocking(False)  # noqa: FBT003
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((self._host, port))
        except OSError:
            bound.close()
            raise PortTaken(self._device.spec.name, self._host, port) from None
        return bound

    def _accept(self) -> None:
        try:
            client, peer = self._socket.accept()
        except OSError:
            return  # the client was quicker to give up, or this process has no descriptor left: it waits in the queue
        client.setblocking(False)  # noqa: FBT003
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sessions += 1
        number = self._sessions
        self._device.transcript.add(number, "opened", f"{peer[0]}:{peer[1]}")
        if NeverAnswers.name in self._device.faults:
            self._hold(client, number)
            return
        task = self._loop.create_task(self._serve(client, number))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    # -- a connection that is never answered

    def _hold(self, client: socket.socket, number: int) -> None:
        self._sockets[number] = client
        self._held.add(number)
        self._loop.add_reader(client, self._read_held, number)

    def _read_held(self, number: int) -> None:
        with contextlib.suppress(BlockingIOError):
            try:
                alive = bool(self._sockets[number].recv(4096))
            except ConnectionError:
                alive = False
            if not alive:
                self._release(number)

    def _release(self, number: int) -> None:
        client = self._sockets.pop(number)
        self._held.discard(number)
        self._loop.remove_reader(client)
        client.close()
        self._device.transcript.add(number, "closed")

    # -- a connection that is

    async def _serve(self, client: socket.socket, number: int) -> None:
        changed = ChangedHostKey.name in self._device.faults
        if changed not in self._options:
            self._options[changed] = make_options(self._device)
        try:
            with contextlib.suppress(OSError, asyncssh.Error):
                await serve_connection(self._device, client, number, self._options[changed])
        finally:
            self._device.transcript.add(number, "closed")

    def _end_connections(self) -> None:
        for task in self._connections:
            task.cancel()
        for number in list(self._held):
            self._release(number)
