"""Opens the TCP connection to a device, so that it can be closed from outside whatever reads from it."""

from __future__ import annotations

import errno
import socket

from webnet_nornir.addresses import peer_address, require_allowed
from webnet_nornir.context import HostContext
from webnet_nornir.exceptions import AddressRefused, Unreachable

_REASONS = {
    errno.ECONNREFUSED: "refused the connection: nothing listens there, or a filter rejects it",
    errno.EHOSTUNREACH: "cannot be reached: no route to the host",
    errno.ENETUNREACH: "cannot be reached: no route to its network",
    errno.ECONNRESET: "reset the connection",
    errno.EACCES: "may not be contacted from this machine: permission denied",
}


def dial_device(context: HostContext) -> socket.socket:
    """Connect to a host's device, within its deadline and where it can be cut off.

    Raises:
        AddressRefused: The device's name led to an address webnet does not connect to.
        Unreachable: As `dial`.
        Abandoned: The host was given up meanwhile.
    """
    connection = dial(
        context.device.address, context.device.port, timeout=min(context.timeouts.connect, context.remaining)
    )
    try:
        require_allowed(peer_address(connection), context.allowed_networks, context.ranges)
    except AddressRefused:
        connection.close()
        raise
    context.wire.hold_socket(connection)
    return connection


def dial(address: str, port: int, *, timeout: float) -> socket.socket:
    """Connect to a device over TCP.

    Args:
        address: IP address or host name.
        port: TCP port.
        timeout: Seconds until the attempt is given up.

    Returns:
        A connected socket, blocking, with keep-alive on and small packets sent at once.

    Raises:
        Unreachable: The name does not resolve, or the connection was refused, unroutable or not answered.
    """
    try:
        connection = socket.create_connection((address, port), timeout=timeout)
    except socket.gaierror as error:
        raise Unreachable(
            f"The name {address} does not resolve: {error.strerror}. Check the device's address and the worker's DNS.",
            reason="dns",
        ) from error
    except TimeoutError as error:
        raise Unreachable(
            f"{address} port {port} did not answer within {timeout:g} s: the device is off, or a filter drops packets.",
            reason="timeout",
        ) from error
    except OSError as error:
        said = _REASONS.get(error.errno or 0, f"cannot be reached: {error.strerror or error}")
        raise Unreachable(
            f"{address} port {port} {said}.", reason=errno.errorcode.get(error.errno or 0, "os")
        ) from error
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
