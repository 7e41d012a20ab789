"""Cisco IOS."""

from __future__ import annotations

from webnet_sim.vendors.cisco_ios import archiving, flash, tcl
from webnet_sim.vendors.cisco_ios.errors import explain
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.factory import MODEL, VERSION, base_config, default_interfaces
from webnet_sim.vendors.cisco_ios.language import DIALECT
from webnet_sim.vendors.cisco_ios.names import NAMES
from webnet_sim.vendors.cisco_ios.shows import interfaces, neighbours, routes, system
from webnet_sim.vendors.cisco_ios.shows.configuration import show_running
from webnet_sim.vendors.vendor import Vendor

COMMAND_MODULES = (archiving, flash, interfaces, neighbours, routes, system, tcl)
"""Modules that register their commands when imported."""

VENDOR = Vendor(
    platform="cisco_ios",
    ssh_version="Cisco-1.25",
    names=NAMES,
    commands=COMMANDS,
    dialect=DIALECT,
    explain=explain,
    show_running=show_running,
    describe=system.software_line,
    base_config=base_config,
    model=MODEL,
    version=VERSION,
    default_interfaces=default_interfaces,
    serial_form="9SIM{:07d}",
    speaks_lldp=lambda device: "lldp run" in device.tree,
    serves_files=lambda device: "ip scp server enable" in device.tree,
    name_limit=20,
    more=" --More-- ",
    erase=b"\b" * 9 + b" " * 8 + b"\b" * 9,
)
