"""A described network: devices and the cables between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

from webnet_sim.spec import DeviceSpec, LinkEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A cable between two interfaces.

    Args:
        a, b: ``DEVICE:INTERFACE`` at either end, interface names in full.
        network: IPv4 network of the link, such as ``10.0.0.0/31``; its first two addresses go to a and b.
    """

    a: str
    b: str
    network: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topology:
    """A network ready to be started.

    Args:
        devices: The devices with their link ends in place.
        name: What it is called in messages.
    """

    devices: tuple[DeviceSpec, ...]
    name: str = "network"


def connect(devices: Iterable[DeviceSpec], links: Iterable[Link]) -> tuple[DeviceSpec, ...]:
    """The devices with both ends of every link in place; links name known devices."""
    ends: dict[str, list[LinkEnd]] = {}
    for link in links:
        (a, a_port), (b, b_port) = link.a.split(":", 1), link.b.split(":", 1)
        network = IPv4Network(link.network) if link.network else None
        hosts = [f"{host}/{network.prefixlen}" for host in list(network.hosts())[:2]] if network else ["", ""]
        ends.setdefault(a, []).append(LinkEnd(interface=a_port, peer=b, peer_interface=b_port, address=hosts[0]))
        ends.setdefault(b, []).append(LinkEnd(interface=b_port, peer=a, peer_interface=a_port, address=hosts[1]))
    return tuple(replace(spec, links=(*spec.links, *ends.get(spec.name, ()))) for spec in devices)
