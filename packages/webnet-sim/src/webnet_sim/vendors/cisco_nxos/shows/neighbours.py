"""Neighbours of a Cisco NX-OS device: LLDP and ARP."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import UnknownWord
from webnet_sim.forwarding import arp_entries
from webnet_sim.shell.commands import Call
from webnet_sim.spec import LinkEnd
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.names import NAMES
from webnet_sim.vendors.cisco_nxos.shows.interfaces import dotted

_HEAD = """\
Capability codes:
  (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
  (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other
"""


def _require_lldp(device: Device) -> None:
    """The command is there only with its feature."""
    if not device.speaks_lldp():
        raise UnknownWord("lldp", 1, len("show "))


@COMMANDS.add("show lldp neighbors")
def show_lldp_neighbors(call: Call) -> str:
    """One line a neighbour; a long name takes a line of its own."""
    device = call.device
    _require_lldp(device)
    rows = [_HEAD + "Device ID            Local Intf      Hold-time  Capability  Port ID"]
    found = list(device.neighbours())
    for end, peer in found:
        name = f"{peer.hostname:<20}" if len(peer.hostname) < 20 else f"{peer.hostname}\n{'':<20}"
        port = peer.vendor.names.shorten(end.peer_interface)
        rows.append(f"{name} {NAMES.shorten(end.interface):<15} 120        BR          {port}")
    return "\n".join([*rows, f"Total entries displayed: {len(found)}"]) + "\n"


@COMMANDS.add("show lldp neighbors detail")
def show_lldp_neighbors_detail(call: Call) -> str:
    """All a neighbour tells of itself."""
    _require_lldp(call.device)
    found = list(call.device.neighbours())
    text = "".join(_detail(end, peer) for end, peer in found)
    return f"{_HEAD}\n{text}Total entries displayed: {len(found)}\n"


def _detail(end: LinkEnd, peer: Device) -> str:
    return (
        f"Chassis id: {dotted(peer.mac(''))}\n"
        f"Port id: {peer.vendor.names.shorten(end.peer_interface)}\n"
        f"Local Port id: {NAMES.shorten(end.interface)}\n"
        f"Port Description: {end.peer_interface}\n"
        f"System Name: {peer.hostname}\n"
        f"System Description: {peer.vendor.describe(peer)}\n"
        "Time remaining: 109 seconds\n"
        "System Capabilities: B, R\n"
        "Enabled Capabilities: B, R\n"
        f"Management Address: {peer.management_address() or 'not advertised'}\n"
        "Management Address IPV6: not advertised\n"
        "Vlan ID: not advertised\n\n\n"
    )


@COMMANDS.add("show ip arp", "show ip arp vrf <word>")
def show_ip_arp(call: Call) -> str:
    """Addresses of neighbours on the same link."""
    entries = [entry for entry in arp_entries(call.device) if not entry.own]
    rows = [
        "",
        "Flags: * - Adjacencies learnt on non-active FHRP router",
        "       + - Adjacencies synced via CFSoE",
        "       # - Adjacencies Throttled for Glean",
        "       CP - Added via L2RIB, Control plane Adjacencies",
        "       PS - Added via L2RIB, Peer Sync",
        "       RO - Re-Originated Peer Sync Entry",
        "       D - Static Adjacencies attached to down interface",
        "",
        "IP ARP Table for context default",
        f"Total number of entries: {len(entries)}",
        "Address         Age       MAC Address     Interface       Flags",
    ]
    for entry in entries:
        age = f"00:{entry.age // 60 % 60:02d}:{entry.age % 60:02d}"
        rows.append(f"{entry.address!s:<15} {age}  {dotted(entry.mac)}  {NAMES.expand(entry.interface)}")
    return "\n".join(rows) + "\n"
