"""What a vendor's folder gives to the rest of the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError
from webnet_sim.shell.arguments import InterfaceNames
from webnet_sim.shell.commands import Call, CommandSet, Handler
from webnet_sim.shell.dialect import Dialect
from webnet_sim.shell.pipes import filter_output

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.session import Session
    from webnet_sim.spec import DeviceSpec


def show_prompt(session: Session) -> str:
    """``name#``, ``name>`` or ``name(mode)#``."""
    mode = f"({session.configuring.label})" if session.configuring else ""
    return f"{session.name}{mode}{'#' if session.level > 1 else '>'}"


def answer_filtered(call: Call, handler: Handler) -> str:
    """What a command prints, sent through the filters typed after it."""
    text = handler(call)
    return text if call.pipeline is None else filter_output(text, call.pipeline)


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """One vendor's behaviour.

    Args:
        platform: Name in topologies, for example ``cisco_ios``.
        ssh_version: Software version in the SSH banner.
        names: Interface names.
        commands: Exec commands.
        dialect: How configurations are written.
        explain: The text printed for a line that is no command.
        show_running: The running configuration as the device prints it.
        describe: What the device tells LLDP neighbours of its software.
        base_config: A configuration for a device that was given none.
        model, version: What a device is unless its spec says otherwise.
        default_interfaces: Physical interfaces of a model.
        serial_form: Format of serial numbers, from a number.
        speaks_lldp: Whether LLDP is switched on.
        prompt: What a session shows before it reads the next line.
        answer: Runs a command, with the filters after it.
        name_limit: Characters of the host name in the prompt.
        more: The paging prompt.
        erase: What the device sends to wipe it.
        asks_enable: Whether a login may start unprivileged and `enable` raises it.
        file_prefixes: What names of files may start with, for example ``flash:``.
        file_home: Where files are that are named without a place.
        serves_files: Whether files may be sent to it over SSH.
        paged: Lines of a screen when the client does not say, 0 for no paging.
    """

    platform: str
    ssh_version: str
    names: InterfaceNames
    commands: CommandSet
    dialect: Dialect
    explain: Callable[[InputError, str, Session], str]
    show_running: Callable[[Device], str]
    describe: Callable[[Device], str]
    base_config: Callable[[DeviceSpec], str]
    model: str
    version: str
    default_interfaces: Callable[[str], tuple[str, ...]]
    serial_form: str
    speaks_lldp: Callable[[Device], bool]
    prompt: Callable[[Session], str] = show_prompt
    answer: Callable[[Call, Handler], str] = answer_filtered
    name_limit: int = 64
    more: str = "--More--"
    erase: bytes = b"\r        \r"
    asks_enable: bool = True
    file_prefixes: tuple[str, ...] = ("flash:",)
    file_home: str = ""
    serves_files: Callable[[Device], bool] = lambda _device: True
    paged: int = 24
