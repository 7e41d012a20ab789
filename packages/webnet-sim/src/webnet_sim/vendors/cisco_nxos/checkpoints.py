"""How a Cisco NX-OS device goes back: checkpoints, rollback, replacing with a timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.differences import incremental
from webnet_sim.shell.flash import strange_lines
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.cisco_nxos.execs import COMMANDS
from webnet_sim.vendors.cisco_nxos.flash import read_source
from webnet_sim.vendors.cisco_nxos.language import DIALECT
from webnet_sim.vendors.cisco_nxos.shows.configuration import separate, stamp

if TYPE_CHECKING:
    from webnet_sim.device import Device

MOST = 10
"""Checkpoints a device keeps."""

CHECKPOINT_MARK = "!Command: Checkpoint cmd vdc 1"
_TIMER = "replace commit-timeout"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A kept configuration."""

    name: str
    tree: Line
    at: datetime
    user: str


class Checkpoints:
    """The checkpoints of a device, and the replacement that waits to be committed.

    Args:
        device: The device.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._made = 0
        self._kept: dict[str, Checkpoint] = {}
        self._before: Line | None = None

    def all(self) -> list[Checkpoint]:
        """Every checkpoint, oldest first."""
        return list(self._kept.values())

    def make(self, name: str, user: str) -> str:
        """Keep the running configuration; gives what is printed.

        Raises:
            Rejected: The name is taken, or there are as many as the device keeps.
        """
        if name in self._kept:
            raise Rejected(f"ERROR: 1: Checkpoint name '{name}' already exists.\n")
        if len(self._kept) >= MOST:
            raise Rejected(f"ERROR: Maximum number of checkpoints ({MOST}) reached. Delete some first.\n")
        self._made += 1
        chosen = name or f"user-checkpoint-{self._made}"
        self._kept[chosen] = Checkpoint(chosen, self._device.tree.copy(), self._device.clock(), user)
        return "Done\n" if name else f"{chosen} created Successfully\n\nDone\n"

    def find(self, name: str) -> Checkpoint:
        """A checkpoint.

        Raises:
            Rejected: There is none of the name.
        """
        if name not in self._kept:
            raise Rejected(f"ERROR: 1: Checkpoint {name} does not exist\n")
        return self._kept[name]

    def drop(self, name: str) -> None:
        """Forget a checkpoint."""
        self.find(name)
        del self._kept[name]

    @property
    def waiting(self) -> bool:
        """Whether a replacement waits to be committed."""
        return self._device.timers.due(_TIMER) is not None

    def replace(self, tree: Line, user: str, seconds: int) -> None:
        """Make a tree the running configuration, going back in so many seconds unless committed; 0 for no timer.

        Raises:
            Rejected: Another replacement waits.
        """
        if self.waiting:
            raise Rejected("ERROR: Configure replace commit is pending\n")
        before = self._device.tree.copy()
        self._device.replace_tree(tree, user)
        if seconds:
            self._before = before
            due = self._device.clock() + timedelta(seconds=seconds)
            self._device.timers.start(_TIMER, due, lambda at: self._device.replace_tree(before, "", at=at))

    def commit(self) -> bool:
        """Keep the replacement that waits; tells whether there was one."""
        return self._device.timers.stop(_TIMER)

    def abort(self) -> bool:
        """Undo the replacement that waits; tells whether there was one."""
        if not self._device.timers.stop(_TIMER) or self._before is None:
            return False
        self._device.replace_tree(self._before, "")
        return True


def _load(device: Device, name: str) -> Line:
    tree, strange = strange_lines(device, DIALECT, read_source(device, name))
    if strange or not any(line.text.startswith("hostname") for line in tree.children.values()):
        problem = "\n".join(f"`{line}`\nSyntax error while parsing '{line}'\n" for line in strange)
        raise Rejected(f"{problem}Configure replace failed. Use 'show config-replace log exec' to see reasons\n")
    return tree


@COMMANDS.add("checkpoint", "checkpoint <word>", level=15)
def checkpoint(call: Call) -> str:
    """Keep the running configuration under a name."""
    return call.device.part(Checkpoints).make(call.arguments[0] if call.arguments else "", call.session.user)


@COMMANDS.add("no checkpoint <word>", level=15)
def no_checkpoint(call: Call) -> str:
    """Forget a checkpoint."""
    call.device.part(Checkpoints).drop(call.arguments[0])
    return "Done\n"


@COMMANDS.add("clear checkpoint database", level=15)
def clear_checkpoints(call: Call) -> str:
    """Forget all checkpoints."""
    checkpoints = call.device.part(Checkpoints)
    for each in checkpoints.all():
        checkpoints.drop(each.name)
    return "Done\n"


@COMMANDS.add("checkpoint file <word>", level=15)
def checkpoint_file(call: Call) -> str:
    """Keep the running configuration in a file."""
    device = call.device
    text = "\n".join([CHECKPOINT_MARK, f"!Time: {stamp(device.clock())}", "", *separate(device.body())])
    device.files.put(call.arguments[0], f"{text}\n".encode())
    return "Done\n"


@COMMANDS.add("show checkpoint summary", level=15)
def show_checkpoints(call: Call) -> str:
    """The checkpoints, who made them and when."""
    text = "User Checkpoint Summary\n" + "-" * 80 + "\n"
    for number, each in enumerate(call.device.part(Checkpoints).all(), start=1):
        size = sum(len(section) for section in DIALECT.render(each.tree))
        text += (
            f"{number}) {each.name}:\nCreated by {each.user}\nCreated at {stamp(each.at)}\n"
            f"Size is {size} bytes\nDescription: None\n\n"
        )
    return text


@COMMANDS.add("show checkpoint <word>", level=15)
def show_checkpoint(call: Call) -> str:
    """A checkpoint's configuration."""
    found = call.device.part(Checkpoints).find(call.arguments[0])
    return "\n".join([CHECKPOINT_MARK, *separate(DIALECT.render(found.tree))]) + "\n"


def _side(call: Call, kind: str, name: str) -> Line:
    if kind == "running-config":
        return call.device.tree
    if kind == "checkpoint":
        return call.device.part(Checkpoints).find(name).tree
    return _load(call.device, name)


@COMMANDS.add(
    "show diff rollback-patch checkpoint <word> running-config",
    "show diff rollback-patch checkpoint <word> checkpoint <word>",
    "show diff rollback-patch file <word> running-config",
    "show diff rollback-patch file <word> file <word>",
    "show diff rollback-patch running-config checkpoint <word>",
    "show diff rollback-patch running-config file <word>",
    level=15,
)
def show_rollback_patch(call: Call) -> str:
    """What to type to get from one configuration to another."""
    rest, sides = list(call.words[3:]), list[Line]()
    while rest:
        kind = rest.pop(0)
        sides.append(_side(call, kind, "" if kind == "running-config" else rest.pop(0)))
    old, new = sides
    lines = [line if line.startswith(" ") else f"!\n{line}" for line in incremental(old, new, "  ")]
    note = "Collecting Running-Config\n" if "running-config" in call.words else ""
    return f"{note}#Generating Rollback Patch\n" + "\n".join(lines or ["Rollback Patch is Empty"]) + "\n"


@COMMANDS.add(
    "rollback running-config checkpoint <word> [(atomic|best-effort|stop-at-first-failure)]",
    "rollback running-config file <word> [(atomic|best-effort|stop-at-first-failure)]",
    level=15,
)
def rollback(call: Call) -> str:
    """Go back to a checkpoint, or to a file made as one."""
    device, name = call.device, call.arguments[0]
    if call.words[2] == "file" and not read_source(device, name).startswith(CHECKPOINT_MARK):
        return "ERROR: The file is not a checkpoint file\nRollback failed.\n"
    try:
        tree = _side(call, call.words[2], name)
    except Rejected as refusal:
        return f"{refusal.text}Rollback failed.\n"
    device.replace_tree(tree.copy(), call.session.user)
    return (
        "Note: Applying config parallelly may fail Rollback verification\nCollecting Running-Config\n"
        "#Generating Rollback Patch\nExecuting Rollback Patch\nGenerating Running-config for verification\n"
        "Generating Patch for verification\nVerification is Successful.\n\nRollback completed successfully.\n\n"
    )


@COMMANDS.add(
    "configure replace <word> [(best-effort|verify-only|show-patch)]",
    "configure replace <word> [(best-effort|verify-and-commit)] commit-timeout <number>",
    level=15,
)
def configure_replace(call: Call) -> str:
    """Make a file the running configuration, look what that would change, or try it for a while."""
    device = call.device
    tree = _load(device, call.arguments[0])
    head = "Version match between user file and running configuration.\nPre-check for User config PASSED\n"
    if call.words[-1] == "show-patch":
        patch = "\n".join(incremental(device.tree, tree, "  ")) or "No difference"
        return f"{head}{patch}\n"
    if call.words[-1] == "verify-only":
        return f"{head}Verification successful. Proceed for configure replace\n"
    seconds = int(call.arguments[1]) if len(call.arguments) > 1 else 0
    if seconds and not 30 <= seconds <= 3600:
        raise Rejected("% Invalid number, range is (30:3600)\n")
    device.part(Checkpoints).replace(tree, call.session.user, seconds)
    return f"{head}ADVISORY: Config Replace operation started...\nConfigure replace completed successfully\n"


@COMMANDS.add("configure replace commit", level=15)
def commit_replace(call: Call) -> str:
    """Keep the replacement that waits."""
    done = call.device.part(Checkpoints).commit()
    return "Configure replace commit successful\n" if done else "ERROR: No configure replace commit is pending\n"


@COMMANDS.add("configure replace abort", level=15)
def abort_replace(call: Call) -> str:
    """Undo the replacement that waits."""
    done = call.device.part(Checkpoints).abort()
    return "Configure replace aborted\n" if done else "ERROR: No configure replace commit is pending\n"
