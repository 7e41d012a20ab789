"""The configurations of a Cisco IOS device as it prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from webnet_sim.device import Change, Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.language import INDENT
from webnet_sim.vendors.cisco_ios.shows.system import stamp

_SECTIONS = frozenset({"interface", "router", "vlan"})


def show_running(device: Device) -> str:
    """The running configuration with the header lines that move."""
    text = running_text(device)
    return f"Building configuration...\n\nCurrent configuration : {len(text.encode())} bytes\n{text}\n"


@COMMANDS.add("show running-config", "show running-config (all|view full)", level=15)
def show_running_config(call: Call) -> str:
    """The running configuration."""
    return show_running(call.device)


@COMMANDS.add("show running-config interface <interface>", level=15)
def show_running_interface(call: Call) -> str:
    """The running configuration of one interface."""
    section = call.device.interface(call.arguments[0])
    lines = list(section.render(INDENT)) if section else []
    text = "\n".join(["!", *lines, "end", ""])
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n{text}\n"


@COMMANDS.add("show startup-config", level=15)
def show_startup_config(call: Call) -> str:
    """The saved configuration."""
    return startup_text(call.device)


def startup_text(device: Device) -> str:
    """The saved configuration as the device shows it."""
    text = _document(device, device.startup())
    return f"Using {len(text.encode())} out of 262144 bytes\n{text}\n"


def running_text(device: Device) -> str:
    """The running configuration as a file of it has it."""
    return _document(device, device.body())


def _document(device: Device, body: Sequence[str]) -> str:
    head = ["!", *_stamps("Last configuration change at", device.changed)]
    head += _stamps("NVRAM config last updated at", device.saved)
    return "\n".join([*head, "!", *separate(body), "!", "end", ""])


def _stamps(words: str, change: Change | None) -> list[str]:
    if change is None:
        return []
    return [f"! {words} {stamp(change.at)}" + (f" by {change.user}" if change.user else "")]


def separate(body: Sequence[str]) -> Iterator[str]:
    """The sections with the ``!`` lines that part them."""
    subject = ""
    for section in body:
        word = section.removeprefix("no ").split(None, 1)[0]
        if subject and (word != subject or word in _SECTIONS or "\n" in section):
            yield "!"
        subject = word
        yield section
