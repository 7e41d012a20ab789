"""The archive of a Cisco IOS device: differences, replacing, and changes that go back unless they are confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.differences import contextual, incremental, type_text
from webnet_sim.shell.flash import strange_lines
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.cisco_ios.execs import COMMANDS
from webnet_sim.vendors.cisco_ios.flash import read_source
from webnet_sim.vendors.cisco_ios.language import DIALECT
from webnet_sim.vendors.cisco_ios.shows.configuration import running_text
from webnet_sim.vendors.cisco_ios.shows.system import stamp

if TYPE_CHECKING:
    from webnet_sim.device import Device

_TIMER = "rollback confirmed change"
_NONE_PENDING = "%No Rollback Confirmed Change pending\n"
_OFF = "%Please turn config archive on first\n"
_DONE = "\nTotal number of passes: 1\nRollback Done\n\n"


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that waits to be confirmed."""

    before: Line
    user: str
    minutes: int
    at: datetime


class Archive:
    """What a device keeps of earlier configurations.

    Args:
        device: The device.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._pending: Pending | None = None
        self.saved: list[str] = []

    @property
    def path(self) -> str:
        """Where copies go; empty while the archive is off."""
        section = self._device.tree.children.get("archive")
        return section.value("path") if section else ""

    @property
    def pending(self) -> Pending | None:
        """The change that waits, if any."""
        return self._pending if self._device.timers.due(_TIMER) else None

    def store(self) -> str:
        """Keep a copy of the running configuration; gives the file's name."""
        name = f"{self.path}-{len(self.saved) + 1}"
        self._device.files.put(name, running_text(self._device).encode())
        self.saved.append(name)
        return name

    def arm(self, user: str, minutes: int) -> str:
        """Go back to the present configuration in so many minutes unless somebody confirms; gives what is printed.

        Raises:
            Rejected: The archive is off, or another change waits.
        """
        if not self.path:
            raise Rejected(_OFF)
        if self.pending:
            raise Rejected("%Rollback Confirmed Change is already active\n")
        if not 1 <= minutes <= 120:
            raise Rejected("% Invalid input detected at '^' marker.\n")
        now = self._device.clock()
        before = self._device.tree.copy()
        self._pending = Pending(before, user, minutes, now)
        self._device.timers.start(_TIMER, now + timedelta(minutes=minutes), lambda at: self._go_back(before, at))
        return f"Rollback Confirmed Change: Backing up current running config to {self.store()}\n\n"

    def confirm(self) -> str:
        """Keep the change that waits."""
        return "" if self._device.timers.stop(_TIMER) else _NONE_PENDING

    def revert(self) -> str:
        """Go back now."""
        waiting = self.pending
        if waiting is None:
            return _NONE_PENDING
        self._device.timers.stop(_TIMER)
        self._go_back(waiting.before, self._device.clock())
        return f"Rollback Confirmed Change: rolling to:{self.saved[-1]}\n{_DONE}"

    def _go_back(self, before: Line, at: datetime) -> None:
        self._pending = None
        self._device.replace_tree(before, "", at=at)


def _candidate(device: Device, name: str) -> tuple[Line, list[str]]:
    return strange_lines(device, DIALECT, read_source(device, name))


@COMMANDS.add("show archive", level=15)
def show_archive(call: Call) -> str:
    """The copies kept, if any are."""
    archive = call.device.part(Archive)
    if not archive.path:
        return "Archive feature not enabled\n"
    rows = [f"   {number:<8} {name}" for number, name in enumerate(archive.saved, start=1)]
    following = f"{archive.path}-{len(archive.saved) + 1}"
    head = "The maximum archive configurations allowed is 10.\n"
    return f"{head}The next archive file will be named {following}\n Archive #  Name\n" + "".join(
        f"{r}\n" for r in rows
    )


@COMMANDS.add("archive config", level=15)
def archive_config(call: Call) -> str:
    """Keep a copy of the running configuration now."""
    archive = call.device.part(Archive)
    if not archive.path:
        return _OFF
    archive.store()
    return ""


@COMMANDS.add("show archive config differences <word> <word>", "show archive config differences <word>", level=15)
def show_differences(call: Call) -> str:
    """What differs between two configurations, with the sections it stands in."""
    names = [*call.arguments, "system:running-config"][:2]
    old, new = (_candidate(call.device, name)[0] for name in names)
    lines = list(contextual(old, new)) or ["!No changes were found"]
    return "\n".join(["!Contextual Config Diffs:", *lines]) + "\n\n"


@COMMANDS.add("show archive config incremental-diffs <word> [ignorecase]", level=15)
def show_incremental(call: Call) -> str:
    """What a file would change if it were copied into the running configuration."""
    device, session = call.device, call.session
    text = read_source(device, call.arguments[0])
    tree = device.tree.copy()
    type_text(session, lambda: Configuring(session, DIALECT, tree), text)
    lines = list(incremental(device.tree, tree))
    tail = [] if lines else ["!No changes were found"]
    return "\n".join(["!List of Commands:", *lines, "end", *tail]) + "\n\n"


@COMMANDS.add("show archive config rollback timer", level=15)
def show_timer(call: Call) -> str:
    """The change that waits to be confirmed."""
    waiting = call.device.part(Archive).pending
    if waiting is None:
        return _NONE_PENDING
    return (
        f"Time configured(Rollback Confirmed Change): {stamp(waiting.at)}\n"
        f"Timer type: absolute timer\nTimer value: {waiting.minutes} min\nUser: {waiting.user}\n"
    )


@COMMANDS.add("configure terminal revert timer <number>", level=15)
def configure_with_timer(call: Call) -> str:
    """Into configuration mode, with everything undone in so many minutes unless it is confirmed."""
    text = call.device.part(Archive).arm(call.session.user, int(call.arguments[0]))
    call.session.enter_configuration()
    return f"{text}Enter configuration commands, one per line.  End with CNTL/Z.\n"


@COMMANDS.add("configure confirm", level=15)
def configure_confirm(call: Call) -> str:
    """Keep the change that waits."""
    return call.device.part(Archive).confirm()


@COMMANDS.add("configure revert now", level=15)
def configure_revert(call: Call) -> str:
    """Undo the change that waits."""
    return call.device.part(Archive).revert()


@COMMANDS.add(
    "configure replace <word> force [revert trigger error]",
    "configure replace <word> force [revert trigger error] timer <number>",
    "configure replace <word> force [revert trigger error] time <number>",
    level=15,
)
def configure_replace(call: Call) -> str:
    """Make a file the running configuration, as a whole."""
    device, name = call.device, call.arguments[0]
    text = read_source(device, name)
    if not text.rstrip().endswith("\nend"):
        return f"%The input file {name} is not a valid config file.\n"
    tree, unknown = _candidate(device, name)
    archive = device.part(Archive)
    head = archive.arm(call.session.user, int(call.arguments[1])) if len(call.arguments) > 1 else ""
    if unknown:
        return head + _failed(call, unknown)
    device.replace_tree(tree, call.session.user)
    return head + _DONE


def _failed(call: Call, unknown: list[str]) -> str:
    failed = "\n".join(unknown)
    text = (
        "Rollback aborted after 5 passes\nThe following commands are failed to apply to the IOS image.\n"
        f"********\n{failed}\n********\n"
    )
    if "trigger" in call.words:
        call.device.part(Archive).confirm()
        text += "the original configuration has been successfully restored\n"
    return text
