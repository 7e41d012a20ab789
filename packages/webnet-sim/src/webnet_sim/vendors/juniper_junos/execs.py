"""Operational commands of Junos that do something: terminal, configuration mode, ping."""

from __future__ import annotations

from webnet_sim.exceptions import Rejected
from webnet_sim.forwarding import reaches
from webnet_sim.shell.commands import Call, CommandSet, Handler
from webnet_sim.shell.session import Session
from webnet_sim.vendors.juniper_junos.commits import Commits
from webnet_sim.vendors.juniper_junos.configuring import EXCLUSIVE, PRIVATE, SHARED, JunosConfiguring
from webnet_sim.vendors.juniper_junos.names import KINDS
from webnet_sim.vendors.juniper_junos.pipes import filter_shown

COMMANDS = CommandSet(KINDS)

_DISPLAYS = ("display", "compare")


def show_prompt(session: Session) -> str:
    """``user@host>``, or ``[edit]`` and ``user@host#``, after an empty line; nothing while a text is typed in."""
    mode = session.configuring
    name = f"{session.user or 'root'}@{session.name}"
    if mode is None:
        return f"\n{name}> "
    return "" if mode.collecting else f"\n{mode.label}\n{name}# "


def answer(call: Call, handler: Handler) -> str:
    """What a command prints, sent through the filters it did not see to itself."""
    if call.pipeline is None:
        return handler(call)
    stage, _, more = (part.strip() for part in call.pipeline.partition(" | "))
    if not is_display(stage):
        return filter_shown(handler(call), call.pipeline)
    if call.words[:2] != ("show", "configuration"):
        raise Rejected(f"error: this output has no form for '{stage}' here\n")
    text = handler(call)
    return filter_shown(text, more) if more else text


def is_display(stage: str) -> bool:
    """Whether a filter changes how a configuration is written."""
    word = stage.partition(" ")[0]
    return len(word) > 1 and any(name.startswith(word) for name in _DISPLAYS)


@COMMANDS.add("exit", "quit")
def leave(call: Call) -> str:
    """End the session."""
    call.session.closed = True
    return ""


@COMMANDS.add("set cli screen-length <number>")
def set_length(call: Call) -> str:
    """Lines of a screen; 0 switches paging off."""
    call.session.length = int(call.arguments[0])
    return f"Screen length set to {call.session.length}\n"


@COMMANDS.add("set cli screen-width <number>")
def set_width(call: Call) -> str:
    """Characters of a line."""
    call.session.width = int(call.arguments[0])
    return f"Screen width set to {call.session.width}\n"


@COMMANDS.add("set cli complete-on-space (on|off)")
def set_completion(call: Call) -> str:
    """Completion by blanks is never done; the answer is what libraries wait for."""
    return f"{'Enabling' if call.words[-1] == 'on' else 'Disabling'} complete-on-space\n"


@COMMANDS.add("set cli timestamp (disable|format <word>)", "set cli idle-timeout <number>", "set cli terminal <word>")
def accept_terminal_option(_call: Call) -> str:
    """Terminal options that change nothing here."""
    return ""


@COMMANDS.add("configure [(private|exclusive)]")
def configure(call: Call) -> str:
    """Into configuration mode, with the shared candidate or a way to be alone with it."""
    session, commits = call.session, call.device.part(Commits)
    way = {"private": PRIVATE, "exclusive": EXCLUSIVE}.get(call.words[-1], SHARED)
    if way == EXCLUSIVE and (commits.locked_by is not None or commits.dirty()):
        who = f"locked by:\n  {commits.locker}" if commits.locked_by is not None else "modified"
        raise Rejected(f"error: configuration database {who}\n")
    if way == PRIVATE and commits.dirty():
        raise Rejected("error: shared configuration database modified\n")
    session.enter_configuration()
    session.configuring = JunosConfiguring(session, way)
    text = "Entering configuration mode\n"
    if way == SHARED and commits.dirty():
        text += "The configuration has been changed but not committed\n"
    return text if way == SHARED else f"warning: uncommitted changes will be discarded on exit\n{text}"


@COMMANDS.add("ping <ip>", "ping <ip> count <number>", "ping <ip> rapid")
def ping(call: Call) -> str:
    """Echo requests to an address of this network."""
    target = call.arguments[0]
    count = min(int(call.arguments[1]), 1000) if len(call.arguments) > 1 else 5
    lines = [f"PING {target} ({target}): 56 data bytes"]
    reachable = reaches(call.device, target)
    if reachable:
        lines += [f"64 bytes from {target}: icmp_seq={number} ttl=64 time=0.512 ms" for number in range(count)]
    received, loss = (count, 0) if reachable else (0, 100)
    lines += ["", f"--- {target} ping statistics ---"]
    lines += [f"{count} packets transmitted, {received} packets received, {loss}% packet loss"]
    return "\n".join(lines) + "\n"
