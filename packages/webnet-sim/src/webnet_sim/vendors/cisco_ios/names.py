"""Interface names of Cisco IOS."""

from __future__ import annotations

from collections.abc import Mapping

from webnet_sim.shell.arguments import COMMON_KINDS, InterfaceNames, Kind

NAMES = InterfaceNames(
    types=(
        "Loopback",
        "Port-channel",
        "Tunnel",
        "Ethernet",
        "FastEthernet",
        "GigabitEthernet",
        "TenGigabitEthernet",
        "Serial",
        "Vlan",
    ),
    short={
        "Loopback": "Lo",
        "Port-channel": "Po",
        "Tunnel": "Tu",
        "Ethernet": "Et",
        "FastEthernet": "Fa",
        "GigabitEthernet": "Gi",
        "TenGigabitEthernet": "Te",
        "Serial": "Se",
        "Vlan": "Vl",
    },
)

PHYSICAL = ("Ethernet", "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Serial")

KINDS: Mapping[str, Kind] = {**COMMON_KINDS, "interface": NAMES.match}
