"""What follows from addresses and links: ARP entries and routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webnet_sim.device import Device


@dataclass(frozen=True, slots=True)
class ArpEntry:
    """An address the device has resolved; its own ones do not age."""

    address: IPv4Address
    mac: str
    interface: str
    own: bool
    age: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A route in use: ``C`` connected, ``L`` own address, ``S`` static; the last leaves by the interface ``out``."""

    kind: str
    network: IPv4Network
    interface: str = ""
    via: str = ""
    out: str = ""


def arp_entries(device: Device) -> Iterator[ArpEntry]:
    """The device's own addresses and those of neighbours on the same network."""
    for name, _ in device.interfaces():
        own = device.address(name)
        if own is None or not device.up(name) or name.lower().startswith("lo"):
            continue
        yield ArpEntry(own.ip, device.mac(name), name, own=True)
        end = device.link(name)
        peer = device.fabric.get(end.peer) if end else None
        theirs = peer.address(end.peer_interface) if peer and end else None
        if peer and end and theirs and theirs.network == own.network:
            age = device.draw(f"arp/{name}", 240)
            yield ArpEntry(theirs.ip, peer.mac(end.peer_interface), name, own=False, age=age)


def routes(device: Device) -> list[Route]:
    """Connected and static routes, by network."""
    found = [*_connected(device), *_static(device)]
    return sorted(found, key=lambda route: (route.network.network_address, route.network.prefixlen, route.kind))


def _connected(device: Device) -> Iterator[Route]:
    for name, _ in device.interfaces():
        address = device.address(name)
        if address and device.up(name):
            yield Route("C", address.network, name)
            if address.network.prefixlen < 32:
                yield Route("L", IPv4Network(address.ip), name)


def _static(device: Device) -> Iterator[Route]:
    nearby = [route for route in _connected(device) if route.kind == "C"]
    for network, via in device.vendor.dialect.static_routes(device.tree):
        if via in {"Null0", "discard"}:
            yield Route("S", network, interface=via, via=via)
        elif re.fullmatch(r"[\d.]+", via):
            out = next((route.interface for route in nearby if IPv4Address(via) in route.network), "")
            if out:
                yield Route("S", network, via=via, out=out)


def reaches(device: Device, target: str) -> bool:
    """Whether a ping to an address would be answered: it is ours, or that of a device joined by links that are up."""
    wanted = IPv4Address(target)
    seen, waiting = {device.spec.name}, [device]
    while waiting:
        here = waiting.pop()
        for name, _ in here.interfaces():
            address = here.address(name)
            if address and address.ip == wanted and here.up(name):
                return True
        for _, peer in here.neighbours():
            if peer.spec.name not in seen:
                seen.add(peer.spec.name)
                waiting.append(peer)
    return False
