"""Which addresses webnet connects to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence

from webnet_core.inventory.ranges import Network, is_outside, listed
from webnet_nornir.exceptions import AddressRefused


def require_allowed(address: str, networks: Iterable[str], ranges: Sequence[Network] = ()) -> None:
    """Refuse addresses that are no device's, loopback, link-local, multicast or unspecified, or not in its place.

    A name is judged by what it resolves to where it is dialled, see `refused_reason`; here only literal addresses are.

    Args:
        address: IP address or host name.
        networks: Networks that are allowed all the same.
        ranges: The customer's IP ranges, in one of which it must lie; none where it may be anywhere.

    Raises:
        AddressRefused: The address is of such a kind and in none of `networks`, or in none of `ranges`.
    """
    if is_outside(address, ranges):
        raise AddressRefused(
            f"webnet does not connect to {address}: it lies in none of the customer's IP ranges ({listed(ranges)}). "
            "Correct the device's address, or add its network to the ranges."
        )
    reason = refused_reason(address, networks)
    if reason:
        raise AddressRefused(
            f"webnet does not connect to {address}: it is {reason}. Correct the device's address, or allow its network "
            'in WEBNET["CORE"]["DEVICE_NETWORKS"].'
        )


def refused_reason(address: str, networks: Iterable[str]) -> str:
    """Return why `address` is refused, or nothing; names and malformed addresses are not refused here."""
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    kinds = {
        "the unspecified address": parsed.is_unspecified,
        "a loopback address": parsed.is_loopback,
        "a link-local address": parsed.is_link_local,
        "a multicast address": parsed.is_multicast,
    }
    kind = next((name for name, is_it in kinds.items() if is_it), "")
    if not kind or any(parsed in ipaddress.ip_network(network) for network in networks):
        return ""
    return kind


def peer_address(connection: socket.socket) -> str:
    """Return the address a socket is connected to."""
    return str(connection.getpeername()[0])
