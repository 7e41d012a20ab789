"""Interfaces of an Arista EOS device."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import UnknownWord
from webnet_sim.shell.commands import Call
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.names import NAMES
from webnet_sim.vendors.arista_eos.shows.system import dotted


def status(device: Device, name: str) -> tuple[str, str]:
    """Link and line protocol as EOS words them."""
    if not device.enabled(name):
        return "admin down", "down"
    return ("up", "up") if device.up(name) else ("down", "down")


@COMMANDS.add("show ip interface [brief]")
def show_ip_interface_brief(call: Call) -> str:
    """One line an interface that has an address."""
    device = call.device
    rows = [
        "                                                                               Address",
        "Interface         IP Address            Status       Protocol            MTU   Owner  ",
        "----------------- --------------------- ------------ -------------- ---------- -------",
    ]
    for name, section in device.interfaces():
        address = device.address(name)
        if address:
            state, protocol = status(device, name)
            mtu = section.value("mtu", "65535" if name.startswith("Loopback") else "1500")
            rows.append(f"{name:<17} {address!s:<21} {state:<12} {protocol:<14} {mtu:>10}")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interfaces", "show interfaces <interface>")
def show_interfaces(call: Call) -> str:
    """All that is known of each interface."""
    device = call.device
    found = dict(device.interfaces())
    if call.arguments:
        if call.arguments[0] not in found:
            raise UnknownWord(call.arguments[0], 2, len("show interfaces "))
        found = {call.arguments[0]: found[call.arguments[0]]}
    return "".join(_describe(device, name, section) for name, section in found.items())


def _describe(device: Device, name: str, section: Line) -> str:
    state, protocol = status(device, name)
    shown = "administratively down" if state == "admin down" else state
    connected = " (connected)" if protocol == "up" else ""
    description, address = section.value("description"), device.address(name)
    mac = dotted(device.mac(name))
    lines = [f"{name} is {shown}, line protocol is {protocol}{connected}"]
    if name.startswith("Loopback"):
        lines.append("  Hardware is Loopback")
    else:
        lines.append(f"  Hardware is Ethernet, address is {mac} (bia {mac})")
    lines += [f"  Description: {description}"] if description else []
    lines += [f"  Internet address is {address}", "  Broadcast address is 255.255.255.255"] if address else []
    return "\n".join([*lines, *_counters(device, name, section)]) + "\n"


def _counters(device: Device, name: str, section: Line) -> list[str]:
    received, sent = device.draw(f"in/{name}", 10**6), device.draw(f"out/{name}", 10**6)
    return [
        f"  IP MTU {section.value('mtu', '1500')} bytes , BW 10000000 kbit",
        "  Full-duplex, 10Gb/s, auto negotiation: off, uni-link: n/a",
        f"  {'Up' if device.up(name) else 'Down'} 12 days, 3 hours, 14 minutes, 15 seconds",
        "  Loopback Mode : None",
        "  2 link status changes since last clear",
        '  Last clearing of "show interface" counters never',
        "  5 minutes input rate 1.20 kbps (0.0% with framing overhead), 1 packets/sec",
        "  5 minutes output rate 1.20 kbps (0.0% with framing overhead), 1 packets/sec",
        f"     {received} packets input, {received * 120} bytes",
        "     Received 0 broadcasts, 0 multicast",
        "     0 runts, 0 giants",
        "     0 input errors, 0 CRC, 0 alignment, 0 symbol, 0 input discards",
        "     0 PAUSE input",
        f"     {sent} packets output, {sent * 130} bytes",
        "     Sent 0 broadcasts, 0 multicast",
        "     0 output errors, 0 collisions",
        "     0 late collision, 0 deferred, 0 output discards",
        "     0 PAUSE output",
    ]


@COMMANDS.add("show interfaces status")
def show_interfaces_status(call: Call) -> str:
    """One line a port: state, VLAN, speed."""
    device = call.device
    rows = ["Port       Name                          Status       Vlan     Duplex Speed  Type"]
    for name, section in device.interfaces():
        if name not in device.ports:
            continue
        state = "connected" if device.up(name) else "notconnect" if device.enabled(name) else "disabled"
        label = section.value("description")[:29]
        rows.append(f"{NAMES.shorten(name):<10} {label:<29} {state:<12} {_vlan(section):<8} full   10G    10GBASE-CR")
    return "\n".join(rows) + "\n"


def _vlan(section: Line) -> str:
    if "ip address" in section:
        return "routed"
    if section.value("switchport mode") == "trunk":
        return "trunk"
    return section.value("switchport access vlan", "1")


@COMMANDS.add("show interfaces description")
def show_interfaces_description(call: Call) -> str:
    """One line an interface: status, protocol, description."""
    device = call.device
    rows = ["Interface                      Status         Protocol           Description"]
    for name, section in device.interfaces():
        state, protocol = status(device, name)
        rows.append(f"{NAMES.shorten(name):<30} {state:<14} {protocol:<18} {section.value('description')}".rstrip())
    return "\n".join(rows) + "\n"


@COMMANDS.add("show vlan [brief]")
def show_vlan(call: Call) -> str:
    """The VLANs and their access ports."""
    device = call.device
    members: dict[str, list[str]] = {}
    for name, section in device.interfaces():
        if name.startswith("Ethernet") and _vlan(section) not in {"routed", "trunk"}:
            members.setdefault(_vlan(section), []).append(NAMES.shorten(name))
    names = {"1": "default"}
    names |= {line.text[5:]: line.value("name", f"VLAN{line.text[5:]:0>4}") for line in device.tree.starting("vlan")}
    rows = [
        "VLAN  Name                             Status    Ports",
        "----- -------------------------------- --------- ----",
    ]
    for number, label in names.items():
        rows.append(f"{number:<5} {label:<32} active    {', '.join(members.get(number, []))}".rstrip())
    return "\n".join(rows) + "\n"
