"""Arista EOS."""

from __future__ import annotations

from webnet_sim.shell.dialect import IndentedDialect
from webnet_sim.vendors.arista_eos.errors import explain
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.factory import MODEL, VERSION, base_config, default_interfaces
from webnet_sim.vendors.arista_eos.language import GRAMMAR, check_removal, mode_label
from webnet_sim.vendors.arista_eos.names import NAMES
from webnet_sim.vendors.arista_eos.shows import interfaces, neighbours, routes, system
from webnet_sim.vendors.arista_eos.shows.configuration import INDENT, show_running
from webnet_sim.vendors.vendor import Vendor

SHOWS = (interfaces, neighbours, routes, system)
"""Modules that register their commands when imported."""

VENDOR = Vendor(
    platform="arista_eos",
    ssh_version="OpenSSH_8.7",
    names=NAMES,
    commands=COMMANDS,
    dialect=IndentedDialect(
        grammar=GRAMMAR,
        indent=INDENT,
        mode_label=mode_label,
        check_removal=check_removal,
        banner_end="EOF",
    ),
    explain=explain,
    show_running=show_running,
    describe=system.describe,
    base_config=base_config,
    model=MODEL,
    version=VERSION,
    default_interfaces=default_interfaces,
    serial_form="JPE{:08d}",
    speaks_lldp=lambda device: "lldp run" not in device.tree,
)
