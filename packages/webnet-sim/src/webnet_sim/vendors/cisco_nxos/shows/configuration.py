"""The configurations of a Cisco NX-OS device as it prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.language import INDENT

_SECTIONS = frozenset({"interface", "router", "vlan", "vrf", "version"})


def stamp(moment: datetime) -> str:
    """A moment as NX-OS writes it, for example ``Mon Nov 16 10:23:45 2026``."""
    return f"{moment:%a %b} {moment.day:2d} {moment:%H:%M:%S %Y}"


def show_running(device: Device) -> str:
    """The running configuration with the header lines that move."""
    return _document(device, "show running-config", device.body())


@COMMANDS.add("show running-config [all]", level=15)
def show_running_config(call: Call) -> str:
    """The running configuration."""
    return _document(call.device, " ".join(call.words), call.device.body())


@COMMANDS.add("show running-config interface <interface>", level=15)
def show_running_interface(call: Call) -> str:
    """The running configuration of one interface."""
    section = call.device.interface(call.arguments[0])
    lines = ["\n".join(section.render(INDENT))] if section else []
    version = [line.text for line in call.device.tree.starting("version")]
    return _document(call.device, " ".join(call.words), [*version, *lines])


@COMMANDS.add("show startup-config", level=15)
def show_startup_config(call: Call) -> str:
    """The saved configuration."""
    return startup_text(call.device)


def startup_text(device: Device) -> str:
    """The saved configuration as the device shows it."""
    saved = f"!Startup config saved at: {stamp(device.saved.at)}\n" if device.saved else ""
    head = f"\n!Command: show startup-config\n!Time: {stamp(device.clock())}\n{saved}\n"
    return head + "\n".join(separate(device.startup())) + "\n"


def _document(device: Device, command: str, body: Sequence[str]) -> str:
    if device.changed:
        done = f"!Running configuration last done at: {stamp(device.changed.at)}\n"
    else:
        done = "!No configuration change since last restart\n"
    head = f"\n!Command: {command}\n{done}!Time: {stamp(device.clock())}\n\n"
    return head + "\n".join(separate(body)) + "\n"


def separate(body: Sequence[str]) -> Iterator[str]:
    """The sections with the blank lines that part them."""
    subject = ""
    for section in body:
        word = section.removeprefix("no ").split(None, 1)[0]
        apart = word != subject or word == "interface"
        if subject and apart and (word in _SECTIONS or subject in _SECTIONS):
            yield ""
        subject = word
        yield section
