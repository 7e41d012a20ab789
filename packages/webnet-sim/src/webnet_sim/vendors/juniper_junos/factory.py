"""A configuration for a Juniper Junos device that was given none."""

from __future__ import annotations

from collections.abc import Iterator

from webnet_sim.shell.secrets import type_sha512
from webnet_sim.spec import DeviceSpec
from webnet_sim.vendors.juniper_junos.hardware import get_hardware
from webnet_sim.vendors.juniper_junos.names import NAMES

VERSION = "20.4R3.8"
MODEL = "vmx"


def base_config(spec: DeviceSpec) -> str:
    """A plausible configuration from the device's role, links and addresses, as set lines."""
    return "\n".join(f"set {line}" for line in (*_system(spec), *_interfaces(spec), *_services(spec)))


def default_interfaces(model: str) -> tuple[str, ...]:
    """The physical interfaces of a model."""
    return get_hardware(model).interfaces


def _system(spec: DeviceSpec) -> Iterator[str]:
    yield f"version {spec.version or VERSION}"
    yield f"system host-name {spec.name}"
    yield f"system domain-name {spec.site or 'lab'}.example.net"
    yield f'system root-authentication encrypted-password "{type_sha512(spec.password)}"'
    yield f"system login user {spec.username} uid 2000"
    yield f"system login user {spec.username} class super-user"
    yield f'system login user {spec.username} authentication encrypted-password "{type_sha512(spec.password)}"'
    yield from ("system services ssh root-login deny", "system services netconf ssh")
    yield from ("system syslog host 192.0.2.50 any notice", "system syslog file messages any notice")
    yield from ("system ntp server 192.0.2.123", "system ntp server 192.0.2.124")
    yield f"snmp location {spec.site or 'lab'}"
    yield f"snmp community {spec.site or 'lab'}-readonly authorization read-only"


def _interfaces(spec: DeviceSpec) -> Iterator[str]:
    links = {end.interface: end for end in spec.links}
    for name in sorted({*(spec.interfaces or default_interfaces(spec.model)), *links}, key=NAMES.sort_key):
        here = f"interfaces {name}"
        if name in links:
            yield f'{here} description "to {links[name].peer} {links[name].peer_interface}"'
            if links[name].address:
                yield f"{here} unit 0 family inet address {links[name].address}"
        elif name in {"fxp0", "em0", "me0"} and spec.management:
            yield f"{here} unit 0 family inet address {spec.management}"
    if spec.loopback:
        yield from (
            'interfaces lo0 description "router id"',
            f"interfaces lo0 unit 0 family inet address {spec.loopback}/32",
        )


def _services(spec: DeviceSpec) -> Iterator[str]:
    if spec.role in {"wan", "edge"}:
        yield "routing-options static route 0.0.0.0/0 discard"
    if spec.loopback:
        yield f"routing-options router-id {spec.loopback}"
        yield "protocols ospf area 0.0.0.0 interface lo0.0 passive"
    for end in spec.links:
        if end.address and spec.loopback:
            yield f"protocols ospf area 0.0.0.0 interface {end.interface}.0"
    yield "protocols lldp interface all"
