"""Interfaces of a Cisco NX-OS device."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.language import is_routed
from webnet_sim.vendors.cisco_nxos.names import NAMES


def dotted(mac: str) -> str:
    """A hardware address as NX-OS writes it."""
    return f"{mac[:4]}.{mac[4:8]}.{mac[8:]}"


def _reason(device: Device, name: str) -> str:
    """Why an interface is not up, as NX-OS words it."""
    return "Link not connected" if device.enabled(name) else "Administratively down"


def _vlan(section: Line) -> str:
    """What stands in the VLAN column of a port."""
    if is_routed(section):
        return "routed"
    if section.value("switchport mode") == "trunk":
        return "trunk"
    return section.value("switchport access vlan", "1")


@COMMANDS.add("show ip interface brief", "show ip interface brief vrf default")
def show_ip_interface_brief(call: Call) -> str:
    """One line an interface of the default VRF that has an address."""
    device = call.device
    rows = ['IP Interface Status for VRF "default"(1)', "Interface            IP Address      Interface Status"]
    for name, section in device.interfaces():
        address = device.address(name)
        if address and not section.value("vrf member"):
            link = "up" if device.up(name) else "down"
            admin = "up" if device.enabled(name) else "down"
            shown = f"protocol-{link}/link-{link}/admin-{admin}"
            rows.append(f"{NAMES.shorten(name):<20} {address.ip!s:<15} {shown:<27}")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interface", "show interface <interface>")
def show_interface(call: Call) -> str:
    """All that is known of each interface."""
    device = call.device
    found = dict(device.interfaces())
    if call.arguments:
        if call.arguments[0] not in found:
            raise Rejected("Invalid interface format at '^' marker.\n")
        found = {call.arguments[0]: found[call.arguments[0]]}
    return "\n".join(_describe(device, name, section) for name, section in found.items())


def _describe(device: Device, name: str, section: Line) -> str:
    mac, address = dotted(device.mac(name)), device.address(name)
    description = section.value("description")
    up = device.up(name)
    lines = [f"{name} is up" if up else f"{name} is down ({_reason(device, name)})"]
    lines += [f"admin state is {'up' if device.enabled(name) else 'down'}, Dedicated Interface"]
    if name.startswith("loopback"):
        lines.append("  Hardware: Loopback")
    else:
        kind = "GigabitEthernet" if name.startswith("mgmt") else "100/1000/10000/25000 Ethernet"
        lines.append(f"  Hardware: {kind}, address: {mac} (bia {mac})")
    lines += [f"  Description: {description}"] if description else []
    lines += [f"  Internet Address is {address}"] if address else []
    return "\n".join([*lines, *_counters(device, name, section)]) + "\n"


def _counters(device: Device, name: str, section: Line) -> list[str]:
    received, sent = device.draw(f"in/{name}", 10**6), device.draw(f"out/{name}", 10**6)
    mode = "routed" if is_routed(section) else section.value("switchport mode", "access")
    return [
        f"  MTU {section.value('mtu', '1500')} bytes, BW 10000000 Kbit , DLY 10 usec",
        "  reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, medium is broadcast",
        *([f"  Port mode is {mode}"] if name.startswith("Ethernet") else []),
        "  full-duplex, 10 Gb/s, media type is 10G",
        "  Beacon is turned off",
        "  Auto-Negotiation is turned on  FEC mode is Auto",
        "  Input flow-control is off, output flow-control is off",
        "  Auto-mdix is turned off",
        "  Switchport monitor is off ",
        "  EtherType is 0x8100 ",
        "  EEE (efficient-ethernet) : n/a",
        f"  Last link flapped {'5d03h' if device.up(name) else 'never'}",
        '  Last clearing of "show interface" counters never',
        "  1 interface resets",
        "  Load-Interval #1: 30 seconds",
        "    30 seconds input rate 1000 bits/sec, 1 packets/sec",
        "    30 seconds output rate 1000 bits/sec, 1 packets/sec",
        "  RX",
        f"    {received} unicast packets  0 multicast packets  0 broadcast packets",
        f"    {received} input packets  {received * 120} bytes",
        "    0 jumbo packets  0 storm suppression bytes",
        "    0 runts  0 giants  0 CRC  0 no buffer",
        "    0 input error  0 short frame  0 overrun   0 underrun  0 ignored",
        "    0 watchdog  0 bad etype drop  0 bad proto drop  0 if down drop",
        "    0 input with dribble  0 input discard",
        "    0 Rx pause",
        "  TX",
        f"    {sent} unicast packets  0 multicast packets  0 broadcast packets",
        f"    {sent} output packets  {sent * 130} bytes",
        "    0 jumbo packets",
        "    0 output error  0 collision  0 deferred  0 late collision",
        "    0 lost carrier  0 no carrier  0 babble  0 output discard",
        "    0 Tx pause",
    ]


@COMMANDS.add("show interface status")
def show_interface_status(call: Call) -> str:
    """One line a port: state, VLAN, speed."""
    device = call.device
    rule = "-" * 80
    rows = ["", rule, "Port          Name               Status    Vlan      Duplex  Speed   Type", rule]
    for name, section in device.interfaces():
        if name in device.ports:
            state = "connected" if device.up(name) else "notconnec" if device.enabled(name) else "disabled"
            label = section.value("description")[:18] or "--"
            vlan = "routed" if name.startswith("mgmt") else _vlan(section)
            rows.append(f"{NAMES.shorten(name):<13} {label:<18} {state:<9} {vlan:<9} full    10G     10Gbase-SR")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show interface description")
def show_interface_description(call: Call) -> str:
    """One line an interface with its description, each kind under its own heading."""
    device, rule = call.device, "-" * 79
    ports, others = [], []
    for name, section in device.interfaces():
        label = section.value("description") or "--"
        if name.startswith("Ethernet"):
            ports.append(f"{NAMES.shorten(name):<13} eth    10G     {label}")
        else:
            others.append(f"{NAMES.shorten(name):<13}               {label}")
    heads = {"Port          Type   Speed   Description": ports, "Interface                   Description": others}
    return "".join("\n".join(["", rule, head, rule, *rows]) + "\n" for head, rows in heads.items() if rows)


@COMMANDS.add("show vlan [brief]")
def show_vlan(call: Call) -> str:
    """The VLANs and their access ports."""
    device = call.device
    members: dict[str, list[str]] = {}
    for name, section in device.interfaces():
        if name.startswith("Ethernet") and _vlan(section) not in {"routed", "trunk"}:
            members.setdefault(_vlan(section), []).append(NAMES.shorten(name))
    rows = ["", "VLAN Name                             Status    Ports"]
    rows.append("---- -------------------------------- --------- -------------------------------")
    for number, label in vlans(device).items():
        rows.append(f"{number:<4} {label:<32} active    {', '.join(members.get(number, []))}".rstrip())
    return "\n".join(rows) + "\n"


def vlans(device: Device) -> dict[str, str]:
    """The VLANs of a device and their names."""
    names = {"1": "default"}
    for line in device.tree.starting("vlan"):
        if line.text[5:].isdecimal() and line.text != "vlan 1":
            names[line.text[5:]] = line.value("name", f"VLAN{line.text[5:]:0>4}")
    return names
