"""Cisco NX-OS."""

from __future__ import annotations

from webnet_sim.vendors.cisco_nxos import checkpoints, flash
from webnet_sim.vendors.cisco_nxos.errors import explain
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.factory import MODEL, VERSION, base_config, default_interfaces
from webnet_sim.vendors.cisco_nxos.language import DIALECT
from webnet_sim.vendors.cisco_nxos.names import NAMES
from webnet_sim.vendors.cisco_nxos.shows import interfaces, neighbours, routes, system
from webnet_sim.vendors.cisco_nxos.shows.configuration import show_running
from webnet_sim.vendors.vendor import Vendor, show_prompt

COMMAND_MODULES = (checkpoints, flash, interfaces, neighbours, routes, system)
"""Modules that register their commands when imported."""

VENDOR = Vendor(
    platform="cisco_nxos",
    ssh_version="OpenSSH_6.2",
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
    serial_form="SIM{:08d}",
    speaks_lldp=lambda device: "feature lldp" in device.tree,
    prompt=lambda session: f"{show_prompt(session)} ",
    serves_files=lambda device: "feature scp-server" in device.tree or "feature sftp-server" in device.tree,
    file_prefixes=("bootflash:", "/bootflash/", "volatile:"),
    asks_enable=False,
)
