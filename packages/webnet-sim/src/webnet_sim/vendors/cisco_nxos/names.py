"""Interface names of Cisco NX-OS."""

from __future__ import annotations

from collections.abc import Mapping

from webnet_sim.shell.arguments import COMMON_KINDS, InterfaceNames, Kind

NAMES = InterfaceNames(
    types=("Vlan", "port-channel", "Ethernet", "mgmt", "loopback", "nve"),
    short={"Ethernet": "Eth", "port-channel": "Po", "loopback": "Lo"},
)

PHYSICAL = ("Ethernet", "mgmt")

KINDS: Mapping[str, Kind] = {**COMMON_KINDS, "interface": NAMES.match}
