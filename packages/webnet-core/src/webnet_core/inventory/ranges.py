"""IP ranges: the networks in which a customer's devices may be. A customer without any has no such limit.

An address outside is refused where it is written, and where a device is dialled: a host name is judged by what it leads
to then. Nothing is looked up when a name is written, for it may lead elsewhere a moment later.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import transaction

from webnet_core.access.models import Customer
from webnet_core.access.permissions import require
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.inventory.models import Device, IPRange

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

EDITABLE = ("cidr", "description")
MOST = 200
_NAMED = 10
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """Devices whose address lies in none of some ranges: how many, and the first of them by name."""

    count: int
    devices: Sequence[tuple[int, str, str]] = ()

    def __str__(self) -> str:
        named = ", ".join(f"{hostname} ({address})" for _, hostname, address in self.devices)
        more = f" and {self.count - len(self.devices)} more" if self.count > len(self.devices) else ""
        return named + more


def create_range(user: Any, customer_id: int, values: Mapping[str, Any]) -> IPRange:
    """Add a range; from the first one on, devices outside all of them are contacted no more: see `devices_outside`.

    Arguments:
        values: `cidr`, as ``10.0.0.0/8`` or ``2001:db8::/32``, and `description`.

    Raises:
        PermissionDenied: the user lacks ``ranges.edit`` in the customer.
        InvalidInput: this is no network, or it overlaps one that is there.
    """
    require(user, "ranges.edit", customer_id)
    refuse_unknown(values, EDITABLE)
    network = parse_network(values.get("cidr", ""))
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer_id)
        _refuse_overlap(customer_id, network)
        row = IPRange(customer_id=customer_id, cidr=str(network), description=values.get("description", ""))
        save_valid(row)
        record(user, "ranges.create", row, after=row_values(row, EDITABLE))
    return row


def delete_range(user: Any, row: IPRange) -> None:
    """Remove a range. With the last one the limit is gone; before that, no device may be left outside the others.

    Raises:
        PermissionDenied: the user lacks ``ranges.edit`` in its customer.
        Conflict: devices lie in it and in no other; `used_by` names the first of them.
    """
    require(user, "ranges.edit", row.customer_id)
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=row.customer_id)
        others = [network for pk, network in _networks(row.customer_id) if pk != row.pk]
        if others:
            _refuse_left_outside(row, others)
        record(user, "ranges.delete", row, before=row_values(row, EDITABLE))
        delete_unused(row)


def parse_network(text: Any) -> Network:
    """Return the network that `text` writes.

    Raises:
        InvalidInput: it is none; where bits stand behind the prefix, the message has what was probably meant.
    """
    written = str(text)
    try:
        network = ipaddress.ip_network(written, strict=False)
        start = ipaddress.ip_address(written.partition("/")[0])
    except ValueError:
        raise _no_network("This is no network; write it as 10.0.0.0/8 or 2001:db8::/32.") from None
    if "%" in written:
        raise _no_network("A range has no zone; leave out what begins with %.")
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        raise _no_network("This is a range of IPv4 addresses written as IPv6; write it as 10.0.0.0/8.")
    if start != network.network_address:
        raise _no_network(f"There are bits behind the prefix; did you mean {network}?")
    return network


def networks_of(customer_id: int) -> tuple[Network, ...]:
    """Return a customer's ranges; empty where every address is allowed."""
    return tuple(network for _, network in _networks(customer_id))


def networks_by_customer(customer_ids: Iterable[int]) -> dict[int, tuple[Network, ...]]:
    """Return the ranges of several customers by one query; those without any are absent."""
    found: dict[int, tuple[Network, ...]] = {}
    rows = IPRange.objects.filter(customer_id__in=set(customer_ids)).order_by("pk")
    for customer_id, cidr in rows.values_list("customer_id", "cidr"):
        found[customer_id] = (*found.get(customer_id, ()), ipaddress.ip_network(cidr))
    return found


def as_address(text: str) -> Address | None:
    """Return the IP address that `text` writes, an IPv4 one also where it is written as IPv6; None for a name."""
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_outside(text: str, networks: Sequence[Network]) -> bool:
    """Say whether `text` is an IP address in none of `networks`; no name is, and nothing where there are none."""
    if not networks:
        return False
    address = as_address(text)
    return address is not None and not any(address in network for network in networks)


def address_problem(text: str, networks: Sequence[Network]) -> str:
    """Return why a device may not be given this address; empty where it may."""
    if as_address(text) is None:
        last = text.rstrip(".").rpartition(".")[2]
        if last.isdecimal() or last[:2].lower() == "0x" or ":" in text:
            return "This is neither an IP address nor a host name."
        return ""
    if is_outside(text, networks):
        return f"The address lies in none of the customer's IP ranges: {listed(networks)}."
    return ""


def listed(networks: Sequence[Network]) -> str:
    """Return ranges as a message names them."""
    named = ", ".join(map(str, networks[:_NAMED]))
    return f"{named} and {len(networks) - _NAMED} more" if len(networks) > _NAMED else named


def devices_outside(customer_id: int, networks: Sequence[Network] | None = None) -> Outside:
    """Return the devices that lie in none of `networks`, the customer's ranges where left out."""
    inside = networks_of(customer_id) if networks is None else networks
    if not inside:
        return Outside(count=0)
    rows = Device.objects.filter(customer_id=customer_id).order_by("hostname", "pk")
    found = [row for row in rows.values_list("pk", "hostname", "mgmt_ip") if is_outside(row[2], inside)]
    return Outside(count=len(found), devices=found[:_NAMED])


def _no_network(message: str) -> InvalidInput:
    return InvalidInput.at("cidr", message, "invalid_network")


def _networks(customer_id: int) -> list[tuple[int, Network]]:
    rows = IPRange.objects.filter(customer_id=customer_id).order_by("pk").values_list("pk", "cidr")
    return [(pk, ipaddress.ip_network(cidr)) for pk, cidr in rows]


def _refuse_overlap(customer_id: int, network: Network) -> None:
    there = _networks(customer_id)
    if len(there) >= MOST:
        raise InvalidInput.at("cidr", f"A customer has at most {MOST} ranges; join some of them.", "too_many")
    for _, other in there:
        if other == network:
            raise InvalidInput.at("cidr", f"{network} is there already.", "duplicate")
        if other.version == network.version and other.overlaps(network):
            raise InvalidInput.at("cidr", f"{network} overlaps {other}, which is there already.", "overlap")


def _refuse_left_outside(row: IPRange, others: Sequence[Network]) -> None:
    own = [ipaddress.ip_network(row.cidr)]
    rows = Device.objects.filter(customer_id=row.customer_id).order_by("hostname", "pk")
    found = [
        (pk, hostname, address)
        for pk, hostname, address in rows.values_list("pk", "hostname", "mgmt_ip")
        if is_outside(address, others) and not is_outside(address, own)
    ]
    if not found:
        return
    outside = Outside(count=len(found), devices=found[:_NAMED])
    used_by = [{"type": "webnet_core.device", "id": pk, "name": hostname} for pk, hostname, _ in outside.devices]
    message = f"{row.cidr} is the only range of {outside}; move or remove them first."
    raise Conflict(message, used_by=used_by, count=outside.count)
