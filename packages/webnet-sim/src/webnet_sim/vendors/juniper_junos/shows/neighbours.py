"""Neighbours of a Junos device: LLDP and ARP."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.forwarding import arp_entries
from webnet_sim.shell.commands import Call
from webnet_sim.spec import LinkEnd
from webnet_sim.vendors.juniper_junos.execs import COMMANDS


def colons(mac: str) -> str:
    """A hardware address as Junos writes it."""
    return ":".join(mac[index : index + 2] for index in range(0, 12, 2))


@COMMANDS.add("show lldp neighbors")
def show_lldp_neighbors(call: Call) -> str:
    """One line a neighbour."""
    device = call.device
    if not device.speaks_lldp():
        return ""
    rows = ["Local Interface    Parent Interface    Chassis Id          Port info          System Name"]
    for end, peer in device.neighbours():
        port = peer.vendor.names.shorten(end.peer_interface)
        rows.append(f"{end.interface:<18} {'-':<19} {colons(peer.mac('')):<19} {port:<18} {peer.hostname}")
    return "\n".join(rows) + "\n"


@COMMANDS.add("show lldp neighbors interface <word>")
def show_lldp_neighbor(call: Call) -> str:
    """All the neighbour on one interface tells of itself."""
    found = {end.interface: (end, peer) for end, peer in call.device.neighbours()}
    chosen = call.arguments[0].partition(".")[0]
    return _detail(*found[chosen]) if chosen in found else ""


def _detail(end: LinkEnd, peer: Device) -> str:
    management = peer.management_address()
    address = f"Management address\nAddress Type : IPv4(1)\nAddress : {management}\n" if management else ""
    return (
        "LLDP Neighbor Information:\nLocal Information:\nIndex: 1 Time to live: 120\n"
        f"Local Interface    : {end.interface}\nParent Interface   : -\nLocal Port ID      : 513\n\n"
        "Neighbour Information:\n"
        f"Chassis type       : Mac address\nChassis ID         : {colons(peer.mac(''))}\n"
        f"Port type          : Interface name\nPort ID            : {end.peer_interface}\n"
        f"Port description   : {end.peer_interface}\nSystem name        : {peer.hostname}\n\n"
        f"System Description : {peer.vendor.describe(peer)}\n\n"
        f"System capabilities\nSupported: Bridge Router\nEnabled  : Bridge Router\n\n{address}"
    )


@COMMANDS.add("show arp [no-resolve]")
def show_arp(call: Call) -> str:
    """Addresses of neighbours on the same link."""
    entries = [entry for entry in arp_entries(call.device) if not entry.own]
    named = call.words[-1] != "no-resolve"
    heading = f"{'Name':<26}" if named else ""
    rows = [f"MAC Address       Address         {heading}Interface               Flags"]
    for entry in entries:
        name = f"{entry.address!s:<26}" if named else ""
        rows.append(f"{colons(entry.mac)} {entry.address!s:<15} {name}{entry.interface + '.0':<23} none")
    return "\n".join([*rows, f"Total entries: {len(entries)}"]) + "\n"
