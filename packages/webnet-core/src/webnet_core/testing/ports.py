"""Ports for servers that a test starts."""

from __future__ import annotations

import secrets
import socket
from contextlib import ExitStack
from typing import Final

HOST: Final = "127.0.0.1"
# Above those that need privileges, below those that the system hands out to whoever asks for any (Linux, ip(7),
# ip_local_port_range): nobody comes by one of these between our look and the server's start but by the same luck.
_FIRST: Final = 10_000
_COUNT: Final = 20_000
_TRIES: Final = 100


def free_port(neighbours: int = 0) -> int:
    """Return a port of the loopback interface that nobody listens on.

    Args:
        neighbours: How many ports after it have to be free as well.

    Raises:
        OSError: none was found.
    """
    for _ in range(_TRIES):
        port = _FIRST + secrets.randbelow(_COUNT)  # not `random`, which test tools make repeat itself in every process
        try:
            with ExitStack() as stack:
                for number in range(port, port + neighbours + 1):
                    stack.enter_context(socket.socket()).bind((HOST, number))
        except OSError:
            continue
        return port
    raise OSError(f"{_TRIES} ports of {HOST} were looked at, and none was free.")
