"""What a host thread reads from, held where the control thread can cut it."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from webnet_nornir.exceptions import Abandoned

if TYPE_CHECKING:
    from nornir.core.plugins.connections import ConnectionPlugin

    from webnet_nornir.drivers.base import Driver


class Wire:
    """The sockets and connections one host thread has open. `cut` ends any read on them, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._connections: list[tuple[Driver, ConnectionPlugin]] = []
        self._cut = False

    @property
    def is_cut(self) -> bool:
        """Whether the run gave this host up."""
        return self._cut

    def hold_socket(self, connection: socket.socket) -> None:
        """Remember a socket that the host thread is about to use.

        Raises:
            Abandoned: The host was given up meanwhile; the socket is closed.
        """
        with self._lock:
            if not self._cut:
                self._sockets.append(connection)
                return
        connection.close()
        raise Abandoned

    def hold(self, driver: Driver, connection: ConnectionPlugin) -> None:
        """Remember a connection as soon as it has something that `Driver.abort` can act on.

        Raises:
            Abandoned: The host was given up meanwhile.
        """
        with self._lock:
            if self._cut:
                raise Abandoned
            self._connections.append((driver, connection))

    def release(self, connection: ConnectionPlugin | None, sock: socket.socket | None = None) -> None:
        """Forget a connection and a socket that are closed."""
        with self._lock:
            self._connections = [held for held in self._connections if held[1] is not connection]
            self._sockets = [held for held in self._sockets if held is not sock]

    def cut(self) -> None:
        """End every read of the host thread at once; safe to call again while the thread still lives."""
        with self._lock:
            self._cut = True
            sockets, connections = list(self._sockets), list(self._connections)
        for held in sockets:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
        for driver, connection in connections:
            driver.abort(connection)
