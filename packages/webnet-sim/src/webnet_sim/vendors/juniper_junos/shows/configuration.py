"""The configurations of a Junos device as it prints them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from webnet_sim.device import Device
from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos import trees
from webnet_sim.vendors.juniper_junos.commits import Commit, Commits
from webnet_sim.vendors.juniper_junos.execs import COMMANDS, is_display
from webnet_sim.vendors.juniper_junos.schema import Path, read_schema, require, split_words


def stamp(moment: datetime) -> str:
    """A moment as Junos writes it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def show_running(device: Device) -> str:
    """The active configuration with the line that tells of the last commit."""
    return "\n".join([_last(device), *device.body()]) + "\n"


def _last(device: Device) -> str:
    latest = device.part(Commits).past(0)
    return f"## Last commit: {stamp(latest.at)} by {latest.user}"


@COMMANDS.add("show configuration", "show configuration <rest>")
def show_configuration(call: Call) -> str:
    """The active configuration or a statement of it, in braces, as set lines, or compared."""
    device = call.device
    words = split_words(call.arguments[0]) if call.arguments else []
    try:
        steps = Path(words, read_schema(), whole=False).steps
    except Rejected:
        raise
    except InputError as problem:
        inner = require(problem, call.arguments[0], words)
        raise type(problem)(inner.word, inner.index + 2, inner.column + len("show configuration ")) from None
    line = trees.walk(device.tree, steps) if steps else device.tree
    stage = (call.pipeline or "").partition(" | ")[0].split()
    if line is None:
        return ""
    if stage and is_display(stage[0]):
        return _displayed(call, line, " ".join(step.text for step in steps), stage)
    if not steps:
        return show_running(device)
    return _lines(trees.render_below(line) if line.children else trees.render(line))


def _displayed(call: Call, line: Line, path: str, stage: list[str]) -> str:
    if stage[-1] == "set":
        return _lines(trees.as_sets(line, path))
    if stage[0].startswith("c"):
        number = int(stage[-1]) if stage[-1].isdecimal() else 1
        return _lines(trees.compare(call.device.part(Commits).past(number).tree, call.device.tree))
    if stage[-1] in {"omit", "inheritance", "detail"}:
        return show_running(call.device)
    raise Rejected(f"error: this configuration has no form for '{' '.join(stage)}' here\n")


@COMMANDS.add("show system rollback <number>")
def show_system_rollback(call: Call) -> str:
    """An older configuration."""
    return _lines(trees.render_below(call.device.part(Commits).past(int(call.arguments[0])).tree))


@COMMANDS.add("show system rollback compare <number> <number>")
def compare_rollbacks(call: Call) -> str:
    """What changed from one older configuration to another."""
    commits = call.device.part(Commits)
    old, new = (commits.past(int(number)).tree for number in call.arguments)
    return _lines(trees.compare(old, new))


@COMMANDS.add("show system commit", "show system commit revision detail")
def show_system_commit(call: Call) -> str:
    """Who committed when, the latest first."""
    commits = call.device.part(Commits)
    latest = commits.past(0)
    if call.words[-1] == "detail":
        return (
            f"Revision: re0-{int(latest.at.timestamp())}-{len(commits.history)}\nUser    : {latest.user}\n"
            f"Client  : {latest.client}\nTime    : {stamp(latest.at)}\nComment : {latest.comment}\n"
        )
    return "".join(_commit_row(number, commit) for number, commit in enumerate(commits.history))


def _commit_row(number: int, commit: Commit) -> str:
    row = f"{number:<3} {stamp(commit.at)} by {commit.user} via {commit.client}"
    if commit.comment.startswith("commit confirmed, "):
        return f"{row} {commit.comment}\n"
    return f"{row}\n" + (f"    {commit.comment}\n" if commit.comment else "")


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
