"""Arista EOS."""

from __future__ import annotations

from webnet_sim.vendors.arista_eos import flash, sessions
from webnet_sim.vendors.arista_eos.errors import explain
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.factory import MODEL, VERSION, base_config, default_interfaces
from webnet_sim.vendors.arista_eos.language import DIALECT
from webnet_sim.vendors.arista_eos.names import NAMES
from webnet_sim.vendors.arista_eos.shows import interfaces, neighbours, routes, structured, system
from webnet_sim.vendors.arista_eos.shows.configuration import show_running
from webnet_sim.vendors.vendor import Vendor

COMMAND_MODULES = (flash, interfaces, neighbours, routes, sessions, system)
"""Modules that register their commands when imported."""

VENDOR = Vendor(
    platform="arista_eos",
    ssh_version="OpenSSH_8.7",
    names=NAMES,
    commands=COMMANDS,
    dialect=DIALECT,
    explain=explain,
    show_running=show_running,
    describe=system.describe,
    base_config=base_config,
    model=MODEL,
    version=VERSION,
    default_interfaces=default_interfaces,
    serial_form="JPE{:08d}",
    file_prefixes=("flash:", "file:", "/mnt/flash/"),
    speaks_lldp=lambda device: "lldp run" not in device.tree,
    answer=structured.answer,
)
