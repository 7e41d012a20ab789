"""Juniper Junos."""

from __future__ import annotations

from webnet_sim.vendors.juniper_junos.dialect import JunosDialect
from webnet_sim.vendors.juniper_junos.errors import explain
from webnet_sim.vendors.juniper_junos.execs import COMMANDS, answer, show_prompt
from webnet_sim.vendors.juniper_junos.factory import MODEL, VERSION, base_config, default_interfaces
from webnet_sim.vendors.juniper_junos.names import NAMES
from webnet_sim.vendors.juniper_junos.shows import interfaces, neighbours, routes, system
from webnet_sim.vendors.juniper_junos.shows.configuration import show_running
from webnet_sim.vendors.vendor import Vendor

COMMAND_MODULES = (interfaces, neighbours, routes, system)
"""Modules that register their commands when imported."""

VENDOR = Vendor(
    platform="juniper_junos",
    ssh_version="OpenSSH_7.5",
    names=NAMES,
    commands=COMMANDS,
    dialect=JunosDialect(),
    explain=explain,
    show_running=show_running,
    describe=system.describe,
    base_config=base_config,
    model=MODEL,
    version=VERSION,
    default_interfaces=default_interfaces,
    serial_form="VM{:010d}",
    speaks_lldp=system.speaks_lldp,
    prompt=show_prompt,
    answer=answer,
    more="---(more)---",
    erase=b"\r" + b" " * 40 + b"\r",
    file_prefixes=(),
    file_home="/var/home/",
    asks_enable=False,
)
