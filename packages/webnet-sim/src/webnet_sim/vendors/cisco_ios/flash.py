"""Files on the flash of a Cisco IOS device: listed, shown, checked, copied, deleted."""

from __future__ import annotations

from collections.abc import Callable

from webnet_sim.device import Device
from webnet_sim.shell.commands import Call
from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.differences import type_text
from webnet_sim.shell.flash import RUNNING, STARTUP, checksum, read_text, spell_out
from webnet_sim.shell.session import Question
from webnet_sim.vendors.cisco_ios.execs import COMMANDS, write
from webnet_sim.vendors.cisco_ios.language import DIALECT
from webnet_sim.vendors.cisco_ios.shows.configuration import running_text, startup_text

_TOTAL = 2142715904


def read_source(device: Device, name: str) -> str:
    """The text behind a name: a configuration in use or a file.

    Raises:
        Rejected: There is no such file.
    """
    if name in RUNNING:
        return running_text(device)
    if name in STARTUP:
        return startup_text(device)
    if name.startswith("null:"):
        return ""
    return read_text(device, name, f"%Error opening {name} (No such file or directory)\n")


@COMMANDS.add("dir", "dir <word>", level=15)
def list_files(call: Call) -> str:
    """The files of the flash, or one of them."""
    device = call.device
    asked = call.arguments[0] if call.arguments else "flash:"
    name = device.files.locate(asked)
    found = [(key, content) for key, content in device.files.under("") if not name or key == name]
    if name and not found:
        return f"%Error opening {asked} (No such file or directory)\n"
    at = device.booted
    rows = [
        f"{number:5}  -rw-  {len(content):>12}  {at:%b} {at.day:2d} {at:%Y %H:%M:%S} +00:00  {key}"
        for number, (key, content) in enumerate(found, start=1)
    ]
    used = sum(len(content) for _, content in device.files.under(""))
    heading = f"Directory of flash:/{name}"
    free = f"{_TOTAL} bytes total ({_TOTAL - used} bytes free)"
    return "\n".join([heading, "", *rows, "", free]) + "\n"


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
        return f"%Error verifying {name} (No such file or directory)\n"
    return f".Done!\nverify /md5 ({name}) = {checksum(content)}\n"


@COMMANDS.add("delete [/force] <word>", level=15)
def delete(call: Call) -> str:
    """Delete a file, after questions where the device asks."""
    name = call.arguments[0]

    def remove(_typed: str) -> str:
        found = call.device.files.remove(name)
        return "" if found else f"%Error deleting {name} (No such file or directory)\n"

    if "/force" in call.words or _quiet(call.device):
        return remove("")
    return _ask(call, f"Delete {name}? [confirm]", remove)


@COMMANDS.add("copy <word> <word>", level=15)
def copy(call: Call) -> str:
    """Copy between the flash and the configurations in use; asks for the name unless told to be quiet."""
    source, target = (spell_out(name) for name in call.arguments)

    def go(typed: str) -> str:
        if typed and target in STARTUP and typed != "startup-config":
            return f"%Error opening nvram:{typed} (No such file or directory)\n"
        return _copy(call, source, target)

    if _quiet(call.device):
        return go("")
    default = call.device.files.locate(target) if ":" in target and target not in RUNNING | STARTUP else target
    return _ask(call, f"Destination filename [{default}]? ", go)


def _copy(call: Call, source: str, target: str) -> str:
    device = call.device
    if target in STARTUP and source in RUNNING:
        return write(call)
    text = read_source(device, source)
    if target in RUNNING:
        session = call.session
        printed = type_text(session, lambda: Configuring(session, DIALECT), text)
        device.note_change(session.user)
        return f"{printed}{len(text)} bytes copied in 0.120 secs ({len(text) * 8} bytes/sec)\n"
    device.files.put(target, text.encode())
    return f"{len(text)} bytes copied in 0.120 secs ({len(text) * 8} bytes/sec)\n"


def _quiet(device: Device) -> bool:
    return "file prompt quiet" in {line.text for line in device.tree.starting("file prompt")}


def _ask(call: Call, words: str, answer: Callable[[str], str]) -> str:
    call.session.question = Question(words, answer)
    return ""
