"""Neighbours of an Arista EOS device: LLDP and ARP."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.forwarding import arp_entries
from webnet_sim.shell.commands import Call
from webnet_sim.spec import LinkEnd
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.names import NAMES
from webnet_sim.vendors.arista_eos.shows.system import dotted

_OFF = "LLDP is not enabled.\n"


@COMMANDS.add("show lldp neighbors")
def show_lldp_neighbors(call: Call) -> str:
    """One line a neighbour."""
    device = call.device
    if not device.speaks_lldp():
        return _OFF
    found = list(device.neighbours())
    rows = [
        "Last table change time   : 12 days, 3:14:15 ago",
        f"Number of table inserts  : {len(found)}",
        "Number of table deletes  : 0",
        "Number of table drops    : 0",
        "Number of table age-outs : 0",
        "",
        "Port          Neighbor Device ID             Neighbor Port ID       TTL",
        "------------- ------------------------------ ---------------------- ---",
    ]
    rows += [
        f"{NAMES.shorten(end.interface):<13} {peer.hostname:<30} {end.peer_interface:<22} 120" for end, peer in found
    ]
    return "\n".join(rows) + "\n"


@COMMANDS.add("show lldp neighbors detail")
def show_lldp_neighbors_detail(call: Call) -> str:
    """All a neighbour tells of itself."""
    device = call.device
    if not device.speaks_lldp():
        return _OFF
    found = {end.interface: (end, peer) for end, peer in device.neighbours()}
    text = ""
    for name in device.ports:
        text += f"Interface {name} detected {int(name in found)} LLDP neighbors:\n\n"
        text += _detail(*found[name]) if name in found else ""
    return text


def _detail(end: LinkEnd, peer: Device) -> str:
    mac = dotted(peer.mac(""))
    management = peer.management_address()
    address = (
        f"  - Management Address Subtype: IPv4\n    Management Address        : {management}\n" if management else ""
    )
    return (
        f'  Neighbor {mac}/"{end.peer_interface}", age {peer.draw("age", 29)} seconds\n'
        "  Discovered 12 days, 3:14:15 ago; Last changed 12 days, 3:14:15 ago\n"
        f"  - Chassis ID type: MAC address (4)\n    Chassis ID     : {mac}\n"
        f'  - Port ID type: Interface name (5)\n    Port ID        : "{end.peer_interface}"\n'
        "  - Time To Live: 120 seconds\n"
        f'  - System Name: "{peer.hostname}"\n'
        f'  - System Description: "{peer.vendor.describe(peer)}"\n'
        "  - System Capabilities : Bridge, Router\n    Enabled Capabilities: Bridge, Router\n"
        f"{address}"
        "  - IEEE802.1 Port VLAN ID: 0\n\n"
    )


@COMMANDS.add("show ip arp", "show arp")
def show_ip_arp(call: Call) -> str:
    """Addresses of neighbours on the same link."""
    rows = ["Address         Age (sec)  Hardware Addr   Interface"]
    rows += [
        f"{entry.address!s:<15} {entry.age:>9}  {dotted(entry.mac)}  {entry.interface}"
        for entry in arp_entries(call.device)
        if not entry.own
    ]
    return "\n".join(rows) + "\n"
