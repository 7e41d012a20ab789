"""Files on the bootflash of a Cisco NX-OS device: listed, shown, checked, copied, deleted."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.differences import type_text
from webnet_sim.shell.flash import RUNNING, STARTUP, checksum, read_text, spell_out
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS, save
from webnet_sim.vendors.cisco_nxos.language import DIALECT
from webnet_sim.vendors.cisco_nxos.shows.configuration import show_running, startup_text

_TOTAL = 53298520064


def read_source(device: Device, name: str) -> str:
    """The text behind a name: a configuration in use or a file.

    Raises:
        Rejected: There is no such file.
    """
    if name in RUNNING:
        return show_running(device)
    if name in STARTUP:
        return startup_text(device)
    return read_text(device, name, "No such file or directory\n")


@COMMANDS.add("dir", "dir <word>", level=15)
def list_files(call: Call) -> str:
    """The files of the bootflash, or one of them."""
    device = call.device
    name = device.files.locate(call.arguments[0]) if call.arguments else ""
    found = [(key, content) for key, content in device.files.under("") if not name or key == name]
    if name and not found:
        return "No such file or directory\n"
    at = device.booted
    rows = [f"  {len(content):>10}    {at:%b %d %H:%M:%S %Y}  {key}" for key, content in found]
    used = sum(len(content) for _, content in device.files.under(""))
    tail = [f"{used:>12} bytes used", f"{_TOTAL - used:>12} bytes free", f"{_TOTAL:>12} bytes total"]
    return "\n".join([*rows, "", "Usage for bootflash://sup-local", *tail]) + "\n"


@COMMANDS.add("show file <word>", level=15)
def show_file(call: Call) -> str:
    """A file's text."""
    text = read_source(call.device, call.arguments[0])
    return text if text.endswith("\n") or not text else f"{text}\n"


@COMMANDS.add("show file <word> md5sum", level=15)
def show_checksum(call: Call) -> str:
    """A file's checksum."""
    content = call.device.files.get(call.arguments[0])
    return "No such file or directory\n" if content is None else f"{checksum(content)}\n"


@COMMANDS.add("delete <word> [no-prompt]", level=15)
def delete(call: Call) -> str:
    """Delete a file."""
    return "" if call.device.files.remove(call.arguments[0]) else "No such file or directory\n"


@COMMANDS.add("copy <word> <word>", level=15)
def copy(call: Call) -> str:
    """Copy between the bootflash and the configurations in use."""
    device, session = call.device, call.session
    source, target = (spell_out(name) for name in call.arguments)
    if source in RUNNING and target in STARTUP:
        return save(call)
    text = read_source(device, source)
    if target in STARTUP:
        raise Rejected("% Invalid command at '^' marker.\n")
    if target in RUNNING:
        printed = type_text(session, lambda: Configuring(session, DIALECT), text)
        device.note_change(session.user)
        return f"{printed}Copy complete, now saving to disk (please wait)...\nCopy complete.\n"
    device.files.put(target, text.encode())
    return "Copy complete, now saving to disk (please wait)...\nCopy complete.\n"
