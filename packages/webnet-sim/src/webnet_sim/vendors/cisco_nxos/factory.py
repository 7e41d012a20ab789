"""A configuration for a Cisco NX-OS device that was given none."""

from __future__ import annotations

from collections.abc import Iterator

from webnet_sim.shell.secrets import type_five
from webnet_sim.spec import DeviceSpec
from webnet_sim.vendors.cisco_nxos.hardware import get_hardware
from webnet_sim.vendors.cisco_nxos.names import NAMES

VERSION = "9.3(8)"
MODEL = "N9K-C9300v"


def base_config(spec: DeviceSpec) -> str:
    """A plausible configuration from the device's role, links and addresses."""
    return "\n".join([*_system(spec), *_interfaces(spec), *_services(spec)])


def default_interfaces(model: str) -> tuple[str, ...]:
    """The physical interfaces of a model."""
    return get_hardware(model).interfaces


def _system(spec: DeviceSpec) -> Iterator[str]:
    yield from (f"version {spec.version or VERSION} Bios:version  ", f"hostname {spec.name}")
    yield from ("feature ospf", "feature interface-vlan", "feature lldp")
    yield f"username {spec.username} password 5 {type_five(spec.password)}  role network-admin"
    yield from ("no ip domain-lookup", f"ip domain-name {spec.site or 'lab'}.example.net")
    yield from ("copp profile strict", f"snmp-server location {spec.site or 'lab'}")
    yield f"snmp-server community {spec.site or 'lab'}-readonly group network-operator"
    yield from ("ntp server 192.0.2.123 use-vrf management", "ntp server 192.0.2.124 use-vrf management")
    yield "logging server 192.0.2.50"
    if spec.role in {"leaf", "access"}:
        yield from ("vlan 10", "  name servers", "vlan 20", "  name storage")
    yield from ("vrf context management", "  ip route 0.0.0.0/0 172.31.0.1")


def _interfaces(spec: DeviceSpec) -> Iterator[str]:
    links = {end.interface: end for end in spec.links}
    names = {*(spec.interfaces or default_interfaces(spec.model)), *links}
    names |= {"loopback0"} if spec.loopback else set()
    for name in sorted(names, key=NAMES.sort_key):
        yield f"interface {name}"
        if name in links:
            yield f"  description to {links[name].peer} {links[name].peer_interface}"
            if links[name].address:
                yield from ("  no switchport", f"  ip address {links[name].address}", "  no shutdown")
        elif name == "loopback0":
            yield from ("  description router id", f"  ip address {spec.loopback}/32")
        elif name == "mgmt0":
            yield "  vrf member management"
            if spec.management:
                yield f"  ip address {spec.management}"
        elif spec.role in {"leaf", "access"}:
            yield from ("  switchport access vlan 10", "  spanning-tree port type edge")


def _services(spec: DeviceSpec) -> Iterator[str]:
    yield from ("line console", "  exec-timeout 30", "line vty", "  exec-timeout 30")
    yield f"boot nxos bootflash:/nxos.{image_number(spec.version or VERSION)}.bin"
    if spec.loopback:
        yield from ("router ospf 1", f"  router-id {spec.loopback}")


def image_number(version: str) -> str:
    """A version as it stands in the image's name, for example ``9.3.8`` for ``9.3(8)``."""
    return version.replace("(", ".").replace(")", "")
