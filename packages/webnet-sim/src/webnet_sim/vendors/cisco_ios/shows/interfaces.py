"""Interfaces of a Cisco IOS device."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import UnknownWord
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.names import NAMES


def status(device: Device, name: str) -> tuple[str, str]:
    """Status and line protocol as IOS words them."""
    if not device.enabled(name):
        return "administratively down", "down"
    return ("up", "up") if device.up(name) else ("down", "down")


def dotted(mac: str) -> str:
    """A hardware address as IOS writes it."""
    return f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"


@COMMANDS.add("show ip interface brief")
def show_ip_interface_brief(call: Call) -> str:
    """One line an interface: address, status, protocol."""
    device = call.device
    rows = ["Interface                  IP-Address      OK? Method Status                Protocol"]
    for name, _ in device.interfaces():
        address = device.address(name)
        shown = str(address.ip) if address else "unassigned"
        method = "NVRAM " if address else "unset "
        state, protocol = status(device, name)
        rows.append(f"{name:<26} {shown:<15} YES {method} {state:<21} {protocol:<8}")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interfaces", "show interfaces <interface>")
def show_interfaces(call: Call) -> str:
    """All that is known of each interface."""
    device = call.device
    names = [name for name, _ in device.interfaces()]
    if call.arguments:
        if call.arguments[0] not in names:
            raise UnknownWord(call.arguments[0], 2, len("show interfaces "))
        names = [call.arguments[0]]
    return "".join(_describe(device, name) for name in names)


def _describe(device: Device, name: str) -> str:
    state, protocol = status(device, name)
    section, address = device.interface(name), device.address(name)
    description = section.value("description") if section else ""
    lines = [f"{name} is {state}, line protocol is {protocol}"]
    if name.startswith("Loopback"):
        lines.append("  Hardware is Loopback")
    else:
        mac = dotted(device.mac(name))
        lines.append(f"  Hardware is iGbE, address is {mac} (bia {mac})")
    lines += [f"  Description: {description}"] if description else []
    lines += [f"  Internet address is {address}"] if address else []
    return "\n".join([*lines, *_counters(device, name)]) + "\n"


def _counters(device: Device, name: str) -> list[str]:
    received, sent = device.draw(f"in/{name}", 10**6), device.draw(f"out/{name}", 10**6)
    return [
        "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        f"  Encapsulation {'LOOPBACK' if name.startswith('Loopback') else 'ARPA'}, loopback not set",
        "  Keepalive set (10 sec)",
        "  Full Duplex, 1Gbps, link type is auto, media type is RJ45",
        "  output flow-control is unsupported, input flow-control is unsupported",
        "  ARP type: ARPA, ARP Timeout 04:00:00",
        "  Last input 00:00:00, output 00:00:00, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        "  Output queue: 0/40 (size/max)",
        "  5 minute input rate 1000 bits/sec, 1 packets/sec",
        "  5 minute output rate 1000 bits/sec, 1 packets/sec",
        f"     {received} packets input, {received * 120} bytes, 0 no buffer",
        "     Received 0 broadcasts (0 IP multicasts)",
        "     0 runts, 0 giants, 0 throttles ",
        "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored",
        "     0 watchdog, 0 multicast, 0 pause input",
        f"     {sent} packets output, {sent * 130} bytes, 0 underruns",
        "     0 output errors, 0 collisions, 1 interface resets",
        "     0 unknown protocol drops",
        "     0 babbles, 0 late collision, 0 deferred",
        "     0 lost carrier, 0 no carrier, 0 pause output",
        "     0 output buffer failures, 0 output buffers swapped out",
    ]


@COMMANDS.add("show interfaces description")
def show_interfaces_description(call: Call) -> str:
    """One line an interface: status, protocol, description."""
    device = call.device
    rows = ["Interface                      Status         Protocol Description"]
    for name, section in device.interfaces():
        state, protocol = status(device, name)
        state = "admin down" if state.startswith("admin") else state
        rows.append(f"{NAMES.shorten(name):<30} {state:<14} {protocol:<8} {section.value('description')}".rstrip())
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interfaces status")
def show_interfaces_status(call: Call) -> str:
    """One line a port: state, VLAN, speed."""
    device = call.device
    rows = ["", "Port      Name               Status       Vlan       Duplex  Speed Type"]
    for name, section in device.interfaces():
        if name not in device.ports:
            continue
        state = "connected" if device.up(name) else "notconnect" if device.enabled(name) else "disabled"
        trunk = "switchport mode trunk" in [line.text for line in section.children.values()]
        vlan = "trunk" if trunk else "routed" if device.address(name) else section.value("switchport access vlan", "1")
        label = section.value("description")[:18]
        rows.append(f"{NAMES.shorten(name):<9} {label:<18} {state:<12} {vlan:<10} a-full a-1000 10/100/1000BaseTX")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show vlan [brief]")
def show_vlan(call: Call) -> str:
    """The VLANs and their access ports."""
    device = call.device
    members: dict[str, list[str]] = {}
    for name, section in device.interfaces():
        vlan = section.value("switchport access vlan")
        if vlan:
            members.setdefault(vlan, []).append(NAMES.shorten(name))
    rows = ["", "VLAN Name                             Status    Ports"]
    rows.append("---- -------------------------------- --------- -------------------------------")
    names = {"1": "default"}
    names |= {line.text[5:]: line.value("name", f"VLAN{line.text[5:]:0>4}") for line in device.tree.starting("vlan")}
    for number, label in names.items():
        rows.append(f"{number:<4} {label:<32} active    {', '.join(members.get(number, []))}".rstrip())
    return "\n".join(rows) + "\n"
