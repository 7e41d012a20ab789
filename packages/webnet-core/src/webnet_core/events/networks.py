"""To which addresses something may be sent that somebody typed."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final, TypeAlias

from webnet_core.conf import settings

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# After IANA's registries of special-purpose addresses; what Python calls global differs from version to version.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        # Public by its number, and yet where a cloud keeps what its machines may ask.
        "168.63.129.16/32",
    )
)
_PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
# An IPv4 address in the clothes of IPv6: what it is told to reach decides.
_WRAPPED: Final = tuple(ipaddress.IPv6Network(net) for net in ("64:ff9b::/96", "::/96"))


def refusal(address: Address) -> str:
    """Return why nothing may be sent to an address; empty where it may."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in _allowed() if network.version == address.version):
        return ""
    inner = _inner(address)
    if inner is not None:
        return refusal(inner)
    outside = address.version == 4 or address in _PUBLIC_V6
    if outside and not any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return ""
    return (
        "The URL leads to an address inside or reserved, where nothing is sent unless "
        'WEBNET["CORE"]["WEBHOOK_NETWORKS"] allows it.'
    )


def _allowed() -> Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in settings.CORE.WEBHOOK_NETWORKS]


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _WRAPPED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
