"""What a vendor's folder gives to the rest of the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError
from webnet_sim.shell.arguments import InterfaceNames
from webnet_sim.shell.commands import CommandSet
from webnet_sim.shell.grammar import Grammar, Rule
from webnet_sim.shell.tree import Line

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.session import Session
    from webnet_sim.spec import DeviceSpec


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """One vendor's behaviour.

    Args:
        platform: Name in topologies, for example ``cisco_ios``.
        indent: What a line under a section is moved in by.
        ssh_version: Software version in the SSH banner.
        names: Interface names.
        commands: Exec commands.
        grammar: Configuration language.
        explain: The text printed for a line that is no command.
        mode_label: Name of a configuration mode in the prompt, from the section one stands in.
        show_running: The running configuration as the device prints it.
        describe: What the device tells LLDP neighbours of its software.
        base_config: A configuration for a device that was given none.
        model, version: What a device is unless its spec says otherwise.
        default_interfaces: Physical interfaces of a model.
        serial_form: Format of serial numbers, from a number.
        check_removal: Refuses (raises `Rejected`) to remove what cannot be removed.
        speaks_lldp: Whether LLDP is switched on.
        prompt_tail: What follows ``#`` or ``>``.
        name_limit: Characters of the host name in the prompt.
        more: The paging prompt.
        erase: What the device sends to wipe it.
        banner_end: ``EOF`` where banners end with that line, else empty: the first character is the delimiter.
        asks_enable: Whether a login may start unprivileged and `enable` raises it.
        paged: Lines of a screen when the client does not say, 0 for no paging.
    """

    platform: str
    indent: str
    ssh_version: str
    names: InterfaceNames
    commands: CommandSet
    grammar: Grammar
    explain: Callable[[InputError, str, Session], str]
    mode_label: Callable[[Line], str]
    show_running: Callable[[Device], str]
    describe: Callable[[Device], str]
    base_config: Callable[[DeviceSpec], str]
    model: str
    version: str
    default_interfaces: Callable[[str], tuple[str, ...]]
    serial_form: str
    check_removal: Callable[[Device, Rule, str], None]
    speaks_lldp: Callable[[Device], bool]
    prompt_tail: str = ""
    name_limit: int = 64
    more: str = "--More--"
    erase: bytes = b"\r        \r"
    banner_end: str = ""
    asks_enable: bool = True
    paged: int = 24
