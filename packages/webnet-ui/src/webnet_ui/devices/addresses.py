"""Finding devices by a part of their management address."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network

from django.db.models import Q

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.inventory.models import Device


def match_address(rows: ScopedQuerySet[Device], text: str) -> Q:
    """Return the condition for addresses in the network `text` (``10.1.0.0/16``), else for those that begin with it."""
    if "/" not in text:
        return Q(mgmt_ip__istartswith=text)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return Q(mgmt_ip__istartswith=text)
    return _in_v4(network) if isinstance(network, IPv4Network) else _in_v6(rows, network)


def _in_v4(network: IPv4Network) -> Q:
    """Return the condition as beginnings of the text: at most 128 of them, so that the database does all of it."""
    whole, bits = divmod(network.prefixlen, 8)
    octets = str(network.network_address).split(".")
    head = ".".join(octets[:whole])
    if not bits:
        return Q(mgmt_ip=head) if whole == 4 else Q(mgmt_ip__startswith=f"{head}." if head else "")
    first = int(octets[whole])
    values = [".".join([*octets[:whole], str(first + step)]) for step in range(2 ** (8 - bits))]
    if whole == 3:
        return Q(mgmt_ip__in=values)
    found = Q()
    for value in values:
        found |= Q(mgmt_ip__startswith=f"{value}.")
    return found


def _in_v6(rows: ScopedQuerySet[Device], network: IPv6Network) -> Q:
    """Return the condition as keys: one address has many spellings, which no beginning of a text can tell."""
    known = rows.filter(mgmt_ip__contains=":").order_by().values_list("pk", "mgmt_ip")
    return Q(pk__in=[pk for pk, text in known if _is_in(text, network)])


def _is_in(text: str, network: IPv6Network) -> bool:
    try:
        return IPv6Address(text) in network
    except ValueError:
        return False
