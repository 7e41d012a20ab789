"""The address a request came from, as far as it can be believed."""

from __future__ import annotations

import ipaddress
from typing import Any

from webnet_core.conf import settings

_IPV6_SITE = 64


def client_address(request: Any) -> str:
    """Return the address of whoever sent a request.

    Every proxy appends the address of its own peer to ``X-Forwarded-For``, so only as many entries from the right are
    believed as there are proxies of ours (``WEBNET["CORE"]["TRUSTED_PROXIES"]``); what is left of them anybody can
    write. With no proxy the header says nothing (RFC 7239, section 8.1; DRF's NUM_PROXIES works alike).

    Arguments:
        request: Django's or DRF's; None gives an empty address.
    """
    if request is None:
        return ""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.CORE.TRUSTED_PROXIES
    chain = [*str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(","), peer]
    if not proxies or len(chain) <= proxies:
        return _readable(peer) or peer[:64]
    return _readable(chain[-1 - proxies]) or _readable(peer) or peer[:64]


def neighbourhood(address: str) -> str:
    """Return what attempts from an address are counted under: itself, of IPv6 its /64, which one customer has whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, _IPV6_SITE), strict=False))


def _readable(text: str) -> str:
    """Return an address as it is usually written, without a port; empty where it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
