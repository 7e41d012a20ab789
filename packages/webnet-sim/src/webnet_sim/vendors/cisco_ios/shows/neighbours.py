"""Neighbours of a Cisco IOS device: LLDP and ARP."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.forwarding import arp_entries
from webnet_sim.shell.commands import Call
from webnet_sim.spec import LinkEnd
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.names import NAMES
from webnet_sim.vendors.cisco_ios.shows.interfaces import dotted

_OFF = "% LLDP is not enabled\n"


@COMMANDS.add("show lldp neighbors")
def show_lldp_neighbors(call: Call) -> str:
    """One line a neighbour."""
    device = call.device
    if not device.speaks_lldp():
        return _OFF
    rows = [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ]
    found = list(device.neighbours())
    for end, peer in found:
        port = peer.vendor.names.shorten(end.peer_interface)
        rows.append(f"{peer.hostname[:20]:<20}{NAMES.shorten(end.interface):<15}120        B,R             {port}")
    return "\n".join([*rows, "", f"Total entries displayed: {len(found)}", ""]) + "\n"


@COMMANDS.add("show lldp neighbors detail")
def show_lldp_neighbors_detail(call: Call) -> str:
    """All a neighbour tells of itself."""
    device = call.device
    if not device.speaks_lldp():
        return _OFF
    found = list(device.neighbours())
    text = "".join(_detail(end, peer) for end, peer in found)
    return f"{text}\n\nTotal entries displayed: {len(found)}\n\n"


def _detail(end: LinkEnd, peer: Device) -> str:
    management = peer.management_address()
    addresses = f"    IP: {management}\n" if management else ""
    return (
        "------------------------------------------------\n"
        f"Local Intf: {NAMES.shorten(end.interface)}\n"
        f"Chassis id: {dotted(peer.mac(''))}\n"
        f"Port id: {peer.vendor.names.shorten(end.peer_interface)}\n"
        f"Port Description: {end.peer_interface}\n"
        f"System Name: {peer.hostname}\n\n"
        f"System Description: \n{peer.vendor.describe(peer)}\n\n"
        "Time remaining: 109 seconds\nSystem Capabilities: B,R\nEnabled Capabilities: R\n"
        f"Management Addresses:\n{addresses}"
        "Auto Negotiation - not supported\nPhysical media capabilities - not advertised\n"
        "Media Attachment Unit type - not advertised\nVlan ID: - not advertised\n\n"
    )


@COMMANDS.add("show ip arp", "show arp")
def show_ip_arp(call: Call) -> str:
    """Our own addresses and those of neighbours on the same link."""
    rows = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    for entry in arp_entries(call.device):
        age = "-" if entry.own else str(entry.age)
        rows.append(f"Internet  {entry.address!s:<15} {age:>10}   {dotted(entry.mac)}  ARPA   {entry.interface}")
    return "\n".join(rows) + "\n"
