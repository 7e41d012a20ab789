"""Interface names of Arista EOS."""

from __future__ import annotations

from collections.abc import Mapping

from webnet_sim.shell.arguments import COMMON_KINDS, InterfaceNames, Kind

NAMES = InterfaceNames(
    types=("Port-Channel", "Ethernet", "Loopback", "Management", "Vlan", "Vxlan"),
    short={
        "Port-Channel": "Po",
        "Ethernet": "Et",
        "Loopback": "Lo",
        "Management": "Ma",
        "Vlan": "Vl",
        "Vxlan": "Vx",
    },
)

PHYSICAL = ("Ethernet", "Management")

KINDS: Mapping[str, Kind] = {**COMMON_KINDS, "interface": NAMES.match}
