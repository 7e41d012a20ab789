"""Configuration sessions of Arista EOS: a candidate by name, committed, perhaps with a timer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from webnet_sim.exceptions import Rejected
from webnet_sim.shell.commands import Call
from webnet_sim.shell.configuring import Configuring
from webnet_sim.shell.differences import unified
from webnet_sim.shell.session import Session
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.arista_eos.execs import COMMANDS
from webnet_sim.vendors.arista_eos.flash import load_file
from webnet_sim.vendors.arista_eos.language import DIALECT

if TYPE_CHECKING:
    from webnet_sim.device import Device

MOST_PENDING = 5
"""Sessions that may wait at a time."""

_TIMER = "commit timer"
PENDING, COMPLETED, TIMED = "pending", "completed", "pendingCommitTimer"


@dataclass(slots=True)
class Candidate:
    """A configuration session.

    Args:
        name: Its name.
        tree: The configuration in it.
        user: Who opened it.
        state: ``pending``, ``completed`` or ``pendingCommitTimer``.
        due: When the device goes back, of one with a timer.
        checkpoint: What it goes back to.
    """

    name: str
    tree: Line
    user: str
    state: str = PENDING
    due: datetime | None = None
    checkpoint: Line | None = None


class ConfigSessions:
    """The configuration sessions of a device.

    Args:
        device: The device.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._sessions: dict[str, Candidate] = {}
        self._made = 0

    def all(self) -> list[Candidate]:
        """Every session known, as it is at this moment."""
        self._device.timers.ring_due()
        return list(self._sessions.values())

    def open(self, name: str, user: str) -> Candidate:
        """A session of this name; a new one starts from the running configuration.

        Raises:
            Rejected: Too many are waiting.
        """
        waiting = {each.name: each for each in self.all() if each.state != COMPLETED}
        if name in waiting:
            return waiting[name]
        if len(waiting) >= MOST_PENDING:
            raise Rejected("% Maximum number of pending sessions has been reached. Please commit or abort one first.\n")
        self._made += 1
        chosen = name or f"sess-{self._made}"
        self._sessions[chosen] = Candidate(chosen, self._device.tree.copy(), user)
        return self._sessions[chosen]

    def find(self, name: str) -> Candidate:
        """A session that is there already.

        Raises:
            Rejected: It is not.
        """
        found = next((each for each in self.all() if each.name == name), None)
        if found is None:
            raise Rejected(f"% Session {name} does not exist\n")
        return found

    def commit(self, name: str, user: str, span: timedelta | None = None) -> str:
        """Make a session's configuration the running one, or confirm one that waits; gives what is printed.

        Raises:
            Rejected: There is no such session, or another waits to be confirmed.
        """
        chosen = self.find(name)
        timed = next((each for each in self.all() if each.state == TIMED), None)
        if timed is chosen:
            return self._confirm(chosen, span)
        if timed is not None:
            raise Rejected(f"% Cannot commit: session {timed.name} has a pending commit timer\n")
        if chosen.state == COMPLETED:
            raise Rejected(f"% Session {name} is already completed\n")
        chosen.checkpoint = self._device.tree.copy()
        self._device.replace_tree(chosen.tree.copy(), user)
        chosen.state = COMPLETED
        if span is not None:
            self._arm(chosen, span)
        return ""

    def abort(self, name: str) -> str:
        """Give a session up; one that waits to be confirmed is undone at once."""
        chosen = self.find(name)
        if chosen.state == TIMED:
            self._device.timers.stop(_TIMER)
            self._go_back(chosen, self._device.clock())
        elif chosen.state == PENDING:
            del self._sessions[name]
        return ""

    def _arm(self, chosen: Candidate, span: timedelta) -> None:
        chosen.state, chosen.due = TIMED, self._device.clock() + span
        self._device.timers.start(_TIMER, chosen.due, lambda at: self._go_back(chosen, at))

    def _confirm(self, chosen: Candidate, span: timedelta | None) -> str:
        self._device.timers.stop(_TIMER)
        if span is not None:
            self._arm(chosen, span)
        else:
            chosen.state = COMPLETED
        return ""

    def _go_back(self, chosen: Candidate, at: datetime) -> None:
        if chosen.checkpoint is not None:
            self._device.replace_tree(chosen.checkpoint, "", at=at)
        del self._sessions[chosen.name]


class SessionConfiguring(Configuring):
    """A stay in a configuration session.

    Args:
        session: The login that entered it.
        candidate: The configuration session.
    """

    def __init__(self, session: Session, candidate: Candidate) -> None:
        super().__init__(session, DIALECT, candidate.tree)
        self._sessions = session.device.part(ConfigSessions)
        self._candidate = candidate

    @property
    def label(self) -> str:
        """The mode's name in the prompt, with the first letters of the session's name."""
        return super().label.replace("config", f"config-s-{self._candidate.name[:6]}", 1)

    def execute(self, line: str) -> str:
        """Do what a line says; a session has commands of its own."""
        text = " ".join(line.split())
        name, user = self._candidate.name, self._session.user
        if text == "rollback clean-config":
            self._candidate.tree.children.clear()
            self._path = self._path[:1]
            return ""
        if text == "abort":
            self._session.leave_configuration()
            return self._sessions.abort(name)
        if found := re.fullmatch(r"commit(?: timer (\S+))?", text):
            span = _span(found[1]) if found[1] else None
            printed = self._sessions.commit(name, user, span)
            self._session.leave_configuration()
            return printed
        if text.startswith("configure session"):
            return self._session.run_command(text)
        return super().execute(line)


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,3}):([0-5]?\d):([0-5]?\d)", text)
    if found is None:
        raise Rejected(f"% Invalid input (at token 2: '{text}')\n")
    hours, minutes, seconds = (int(part) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


@COMMANDS.add("configure session [<word>]", level=15)
def configure_session(call: Call) -> str:
    """Into a configuration session; a new one when there is none of the name."""
    name = call.arguments[0] if call.arguments else ""
    candidate = call.device.part(ConfigSessions).open(name, call.session.user)
    call.device.keep_startup()
    call.session.configuring = SessionConfiguring(call.session, candidate)
    return ""


@COMMANDS.add("configure session <word> commit", "configure session <word> commit timer <word>", level=15)
def commit_session(call: Call) -> str:
    """Commit, or confirm, a session by its name."""
    span = _span(call.arguments[1]) if len(call.arguments) > 1 else None
    return call.device.part(ConfigSessions).commit(call.arguments[0], call.session.user, span)


@COMMANDS.add("configure session <word> abort", level=15)
def abort_session(call: Call) -> str:
    """Give up, or undo, a session by its name."""
    return call.device.part(ConfigSessions).abort(call.arguments[0])


@COMMANDS.add("show session-config named <word> [diffs]", level=15)
def show_session_config(call: Call) -> str:
    """The configuration of a session, or what it changes."""
    candidate = call.device.part(ConfigSessions).find(call.arguments[0])
    if call.words[-1] == "diffs":
        return session_diffs(call.device, candidate)
    return "".join(f"{section}\n" for section in DIALECT.render(candidate.tree))


@COMMANDS.add("show session-config [diffs]", level=15)
def show_own_session_config(call: Call) -> str:
    """The same of the session one is in."""
    mode = call.session.configuring
    if not isinstance(mode, SessionConfiguring):
        raise Rejected("% Not in a configuration session\n")
    candidate = mode._candidate  # noqa: SLF001 - both are this module's
    if call.words[-1] == "diffs":
        return session_diffs(call.device, candidate)
    return "".join(f"{section}\n" for section in DIALECT.render(candidate.tree))


def session_diffs(device: Device, candidate: Candidate) -> str:
    """What a session changes, as a unified difference."""
    names = ("system:/running-config", f"session:/{candidate.name}-session-config")
    base = device.tree if candidate.checkpoint is None else candidate.checkpoint
    return "".join(f"{line}\n" for line in unified(DIALECT.render(base), DIALECT.render(candidate.tree), names))


@COMMANDS.add("show configuration sessions [detail]", level=15)
def show_sessions(call: Call) -> str:
    """All sessions with their states."""
    rows = [f"Maximum number of completed sessions: 1\nMaximum number of pending sessions: {MOST_PENDING}", ""]
    rows += ["  Name      State                 User    Terminal   Description", "  " + "-" * 60]
    for each in call.device.part(ConfigSessions).all():
        rows.append(f"  {each.name:<9} {each.state:<21} {each.user:<7} vty3")
    return "\n".join(rows) + "\n"


@COMMANDS.add("configure replace <word>", level=15)
def configure_replace(call: Call) -> str:
    """Make a file the running configuration, as a whole."""
    call.device.replace_tree(load_file(call.device, call.arguments[0]), call.session.user)
    return ""
