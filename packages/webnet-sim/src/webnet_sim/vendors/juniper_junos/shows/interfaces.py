"""Interfaces of a Junos device."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface

from webnet_sim.device import Device
from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos.dialect import below
from webnet_sim.vendors.juniper_junos.execs import COMMANDS
from webnet_sim.vendors.juniper_junos.shows.neighbours import colons


def _states(device: Device, name: str) -> tuple[str, str]:
    """Administrative and link state."""
    return ("up" if device.enabled(name) else "down"), ("up" if device.up(name) else "down")


def _addresses(unit: Line) -> list[str]:
    return [line.text.split()[1] for line in below(unit, "family inet").starting("address")]


@COMMANDS.add("show interfaces terse")
def show_interfaces_terse(call: Call) -> str:
    """One line an interface and one a unit."""
    device = call.device
    rows = ["Interface               Admin Link Proto    Local                 Remote"]
    for name, section in device.interfaces():
        admin, link = _states(device, name)
        rows.append(f"{name:<23} {admin:<5} {link}")
        for unit in section.starting("unit"):
            label = f"{name}.{unit.text.split()[1]}"
            shown = " ".join(_addresses(unit))
            rows.append(f"{label:<23} {admin:<5} {link:<4} {'inet' if shown else '':<8} {shown}".rstrip())
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interfaces descriptions")
def show_interfaces_descriptions(call: Call) -> str:
    """One line an interface that has a description."""
    device = call.device
    rows = ["Interface       Admin Link Description"]
    for name, section in device.interfaces():
        text = section.value("description").strip('"')
        if text:
            admin, link = _states(device, name)
            rows.append(f"{name:<15} {admin:<5} {link:<4} {text}")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interfaces", "show interfaces <word>")
def show_interfaces(call: Call) -> str:
    """All that is known of each interface."""
    device = call.device
    found = dict(device.interfaces())
    if call.arguments:
        name = call.arguments[0].partition(".")[0]
        if name not in found:
            raise Rejected(f"error: device {name} not found\n")
        found = {name: found[name]}
    return "\n".join("\n".join(_describe(device, name, section)) + "\n" for name, section in found.items())


def _describe(device: Device, name: str, section: Line) -> Iterator[str]:
    admin, link = _states(device, name)
    word = "Enabled" if admin == "up" else "Administratively down"
    mac, text = colons(device.mac(name)), section.value("description").strip('"')
    yield f"Physical interface: {name}, {word}, Physical link is {link.capitalize()}"
    yield f"  Interface index: {device.draw(name, 200) + 100}, SNMP ifIndex: {device.draw(f'snmp/{name}', 400) + 500}"
    if text:
        yield f"  Description: {text}"
    kind = "Loopback" if name.startswith("lo") else "Ethernet"
    yield f"  Link-level type: {kind}, MTU: {section.value('mtu', '1514')}, Speed: 1000mbps"
    yield "  Device flags   : Present Running"
    yield "  Interface flags: SNMP-Traps Internal: 0x4000"
    yield f"  Current address: {mac}, Hardware address: {mac}"
    yield "  Last flapped   : 2026-01-05 10:00:00 UTC (5w3d 02:00 ago)"
    yield "  Input rate     : 1000 bps (1 pps)"
    yield "  Output rate    : 1000 bps (1 pps)"
    for unit in section.starting("unit"):
        yield from _describe_unit(device, name, unit)


def _describe_unit(device: Device, name: str, unit: Line) -> Iterator[str]:
    number = unit.text.split()[1]
    yield ""
    yield f"  Logical interface {name}.{number} (Index {device.draw(f'unit/{name}', 100) + 300}) (SNMP ifIndex 600)"
    yield "    Flags: Up SNMP-Traps 0x4004000 Encapsulation: ENET2"
    yield f"    Input packets : {device.draw(f'in/{name}', 10**6)}"
    yield f"    Output packets: {device.draw(f'out/{name}', 10**6)}"
    addresses = _addresses(unit)
    if addresses:
        yield "    Protocol inet, MTU: 1500"
        yield "      Flags: Sendbcast-pkt-to-re"
    for text in addresses:
        yield "      Addresses, Flags: Is-Preferred Is-Primary"
        yield f"        Destination: {_network(text)}, Local: {text.partition('/')[0]}, Broadcast: 255.255.255.255"


def _network(text: str) -> str:
    return str(IPv4Interface(text).network)
