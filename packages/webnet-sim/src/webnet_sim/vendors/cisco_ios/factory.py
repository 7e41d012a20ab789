"""A configuration for a Cisco IOS device that was given none."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface

from webnet_sim.shell.secrets import type_nine
from webnet_sim.spec import DeviceSpec
from webnet_sim.vendors.cisco_ios.hardware import get_hardware
from webnet_sim.vendors.cisco_ios.names import NAMES

VERSION = "15.9(3)M6"
MODEL = "IOSv"


def base_config(spec: DeviceSpec) -> str:
    """A plausible configuration from the device's role, links and addresses."""
    return "\n".join([*_system(spec), *_interfaces(spec), *_services(spec)])


def default_interfaces(model: str) -> tuple[str, ...]:
    """The physical interfaces of a model."""
    return get_hardware(model).interfaces


def _system(spec: DeviceSpec) -> Iterator[str]:
    yield "version " + ".".join((spec.version or VERSION).partition("(")[0].split(".")[:2])
    yield from ("service timestamps debug datetime msec", "service timestamps log datetime msec")
    yield from ("service password-encryption", f"hostname {spec.name}")
    if spec.enable:
        yield f"enable secret 9 {type_nine(spec.enable)}"
    yield from ("no aaa new-model", "no ip domain lookup", f"ip domain name {spec.site or 'lab'}.example.net", "ip cef")
    yield "spanning-tree mode rapid-pvst"
    yield f"username {spec.username} privilege {spec.level} secret 9 {type_nine(spec.password)}"
    yield "lldp run"
    if spec.role in {"access", "core"}:
        yield from ("vlan 10", " name users", "vlan 20", " name voice", "vlan 99", " name management")


def _interfaces(spec: DeviceSpec) -> Iterator[str]:
    if spec.loopback:
        yield from ("interface Loopback0", " description router id", f" ip address {spec.loopback} 255.255.255.255")
    links = {end.interface: end for end in spec.links}
    names = {*(spec.interfaces or default_interfaces(spec.model)), *links}
    for name in sorted(names, key=NAMES.sort_key):
        yield f"interface {name}"
        if name in links:
            yield f" description to {links[name].peer} {links[name].peer_interface}"
            yield from _address(links[name].address) if links[name].address else _trunk()
        elif name == "GigabitEthernet0" and spec.management:
            yield from (" description management", *_address(spec.management))
        elif spec.role == "access":
            yield from (" switchport access vlan 10", " switchport mode access", " spanning-tree portfast")
        else:
            yield from (" no ip address", " shutdown")
    if spec.management and "GigabitEthernet0" not in names:
        yield from ("interface Vlan99", " description management", *_address(spec.management))


def _trunk() -> Iterator[str]:
    yield from (" switchport trunk allowed vlan 10,20,99", " switchport mode trunk")


def _address(text: str) -> Iterator[str]:
    address = IPv4Interface(text)
    yield f" ip address {address.ip} {address.netmask}"


def _services(spec: DeviceSpec) -> Iterator[str]:
    if spec.loopback:
        yield from ("router ospf 1", f" router-id {spec.loopback}", " passive-interface Loopback0")
        yield " network 10.0.0.0 0.255.255.255 area 0"
    yield from ("no ip http server", "no ip http secure-server", "ip ssh version 2")
    if spec.role in {"wan", "edge"}:
        yield "ip route 0.0.0.0 0.0.0.0 Null0 250"
    yield from ("logging host 192.0.2.50", f"snmp-server community {spec.site or 'lab'}-readonly RO")
    yield f"snmp-server location {spec.site or 'lab'}"
    yield from ("line con 0", " logging synchronous", " stopbits 1")
    yield from ("line vty 0 4", " exec-timeout 30 0", " login local", " transport input ssh")
    yield from ("ntp server 192.0.2.123", "ntp server 192.0.2.124")
