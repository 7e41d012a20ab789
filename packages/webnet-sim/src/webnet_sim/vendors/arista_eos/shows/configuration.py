"""The configurations of an Arista EOS device as it prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.language import INDENT

_SECTIONS = frozenset({"interface", "router", "vlan", "management"})


def show_running(device: Device) -> str:
    """The running configuration with EOS's header."""
    return _document(device, "show running-config", device.body())


@COMMANDS.add("show running-config [(all|sanitized)]", level=15)
def show_running_config(call: Call) -> str:
    """The running configuration."""
    return _document(call.device, " ".join(call.words), call.device.body())


@COMMANDS.add("show running-config interfaces <interface>", level=15)
def show_running_interface(call: Call) -> str:
    """The running configuration of one interface."""
    section = call.device.interface(call.arguments[0])
    return "".join(f"{line}\n" for line in section.render(INDENT)) if section else ""


@COMMANDS.add("show startup-config", level=15)
def show_startup_config(call: Call) -> str:
    """The saved configuration."""
    return startup_text(call.device)


def startup_text(device: Device) -> str:
    """The saved configuration as the device shows it."""
    lines = ["! Command: show startup-config"]
    if device.saved:
        at = device.saved.at
        by = f" by {device.saved.user}" if device.saved.user else ""
        lines.append(f"! Startup-config last modified at  {at:%a %b} {at.day:2d} {at:%H:%M:%S %Y}{by}")
    return "\n".join([*lines, *_rest(device, device.startup())]) + "\n"


def _document(device: Device, command: str, body: Sequence[str]) -> str:
    return "\n".join([f"! Command: {command}", *_rest(device, body)]) + "\n"


def _rest(device: Device, body: Sequence[str]) -> Iterator[str]:
    yield f"! device: {device.hostname} ({device.model}, EOS-{device.version})"
    yield "!"
    subject = ""
    for section in body:
        word = section.removeprefix("no ").split(None, 1)[0]
        if subject and (word != subject or word in _SECTIONS or "\n" in section):
            yield "!"
        subject = word
        yield section
    yield from ("!", "end")
