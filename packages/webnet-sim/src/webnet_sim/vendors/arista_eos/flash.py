"""Files on the flash of an Arista EOS device: listed, shown, checked, copied, deleted."""

from __future__ import annotations

from webnet_sim.device import Device
from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.differences import type_text
from webnet_sim.shell.flash import RUNNING, STARTUP, checksum, read_text, spell_out, strange_lines
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.language import DIALECT
from webnet_sim.vendors.arista_eos.shows.configuration import show_running, startup_text

_TOTAL = 3519041536


def read_source(device: Device, name: str) -> str:
    """The text behind a name: a configuration in use or a file.

    Raises:
        Rejected: There is no such file.
    """
    if name in RUNNING:
        return show_running(device)
    if name in STARTUP:
        return startup_text(device)
    return read_text(device, name, f"% Error opening {name} (No such file or directory)\n")


def load_file(device: Device, name: str) -> Line:
    """The configuration in a file.

    Raises:
        Rejected: There is no such file, or it has lines the device does not take.
    """
    tree, strange = strange_lines(device, DIALECT, read_source(device, name))
    if strange:
        raise Rejected("".join(f"> {line}\n% Invalid input at line 1\n" for line in strange) + "% Cannot commit\n")
    return tree


@COMMANDS.add("dir", "dir <word>", level=15)
def list_files(call: Call) -> str:
    """The files of the flash, or one of them."""
    device = call.device
    asked = call.arguments[0] if call.arguments else "flash:"
    name = device.files.locate(asked)
    found = [(key, content) for key, content in device.files.under("") if not name or key == name]
    if name and not found:
        return f"% Error listing directory {asked} (No such file or directory)\n"
    at = device.booted
    rows = [f"       -rw-  {len(content):>10}    {at:%b} {at.day:2d} {at:%H:%M}  {key}" for key, content in found]
    used = sum(len(content) for _, content in device.files.under(""))
    free = f"{_TOTAL} bytes total ({_TOTAL - used} bytes free)"
    return "\n".join([f"Directory of flash:/{name}", "", *rows, "", free]) + "\n"


@COMMANDS.add("more <word>", level=15)
def show_file(call: Call) -> str:
    """A file's text."""
    text = read_source(call.device, call.arguments[0])
    return text if text.endswith("\n") or not text else f"{text}\n"


@COMMANDS.add("verify /md5 <word>", level=15)
def verify(call: Call) -> str:
    """A file's checksum."""
    name = call.arguments[0]
    content = call.device.files.get(name)
    if content is None:
        return f"% Error verifying {name} (No such file or directory)\n"
    return f"verify /md5 ({name}) = {checksum(content)}\n"


@COMMANDS.add("delete <word>", level=15)
def delete(call: Call) -> str:
    """Delete a file."""
    name = call.arguments[0]
    found = call.device.files.remove(name)
    return "" if found else f"% Error deleting {name} (No such file or directory)\n"


@COMMANDS.add("copy <word> <word>", level=15)
def copy(call: Call) -> str:
    """Copy between the flash and the configurations in use."""
    device, session = call.device, call.session
    source, target = (spell_out(name) for name in call.arguments)
    text = read_source(device, source)
    if target in STARTUP and source in RUNNING:
        device.save(session.user)
    elif target in RUNNING:
        printed = type_text(session, lambda: Configuring(session, DIALECT), text)
        device.note_change(session.user)
        return f"{printed}Copy completed successfully.\n"
    elif target in STARTUP:
        raise Rejected(f"% Error copying {source} to startup-config (Operation not supported)\n")
    else:
        device.files.put(target, text.encode())
    return "Copy completed successfully.\n"
