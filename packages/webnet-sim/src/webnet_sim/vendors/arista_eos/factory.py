"""A configuration for an Arista EOS device that was given none."""

from __future__ import annotations

from collections.abc import Iterator

from webnet_sim.shell.secrets import type_sha512
from webnet_sim.spec import DeviceSpec
from webnet_sim.vendors.arista_eos.hardware import get_hardware
from webnet_sim.vendors.arista_eos.names import NAMES

VERSION = "4.29.2F"
MODEL = "vEOS-lab"


def base_config(spec: DeviceSpec) -> str:
    """A plausible configuration from the device's role, links and addresses."""
    return "\n".join([*_system(spec), *_interfaces(spec), *_services(spec)])


def default_interfaces(model: str) -> tuple[str, ...]:
    """The physical interfaces of a model."""
    return get_hardware(model).interfaces


def _system(spec: DeviceSpec) -> Iterator[str]:
    yield "no aaa root"
    yield f"username {spec.username} privilege 15 role network-admin secret sha512 {type_sha512(spec.password)}"
    if spec.enable:
        yield f"enable password sha512 {type_sha512(spec.enable)}"
    yield from ("transceiver qsfp default-mode 4x10G", "service routing protocols model multi-agent")
    yield from ("logging host 192.0.2.50", f"hostname {spec.name}", f"dns domain {spec.site or 'lab'}.example.net")
    yield from ("ntp server 192.0.2.123", "ntp server 192.0.2.124")
    yield f"snmp-server community {spec.site or 'lab'}-readonly ro"
    yield from (f"snmp-server location {spec.site or 'lab'}", "spanning-tree mode mstp")
    if spec.role == "leaf":
        yield from ("vlan 10", "   name servers", "vlan 20", "   name storage")


def _interfaces(spec: DeviceSpec) -> Iterator[str]:
    links = {end.interface: end for end in spec.links}
    names = {*(spec.interfaces or default_interfaces(spec.model)), *links}
    names |= {"Loopback0"} if spec.loopback else set()
    for name in sorted(names, key=NAMES.sort_key):
        yield f"interface {name}"
        if name in links:
            yield f"   description to {links[name].peer} {links[name].peer_interface}"
            if links[name].address:
                yield from ("   no switchport", f"   ip address {links[name].address}")
        elif name == "Loopback0":
            yield from ("   description router id", f"   ip address {spec.loopback}/32")
        elif name == "Management1" and spec.management:
            yield f"   ip address {spec.management}"
        elif name.startswith("Ethernet") and spec.role == "leaf":
            yield from ("   switchport access vlan 10", "   spanning-tree portfast")


def _services(spec: DeviceSpec) -> Iterator[str]:
    yield "ip routing"
    if spec.loopback:
        octets = spec.loopback.split(".")
        yield f"router bgp {65000 + int(octets[-1])}"
        yield from (f"   router-id {spec.loopback}", "   maximum-paths 4 ecmp 4", "   redistribute connected")
    yield from ("management api http-commands", "   no shutdown", "management ssh", "   idle-timeout 30")
