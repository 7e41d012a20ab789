"""The Tcl shell of a Cisco IOS device, as far as libraries use it: writing a file line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from webnet_sim.vendors.cisco_ios.execs import COMMANDS

if TYPE_CHECKING:
    from webnet_sim.shell.commands import Call
    from webnet_sim.shell.session import Session

_OPEN = re.compile(r'\s*puts \[open "(?P<name>[^"]+)" w\+?\] \{(?P<rest>.*)$')


class TclShell:
    """A session's stay in the Tcl shell.

    Args:
        session: The session that entered it.
    """

    kind = "tcl"
    label = "tcl"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name = ""
        self._lines: list[str] = []

    @property
    def collecting(self) -> bool:
        """Whether a file is being written."""
        return bool(self._name)

    def collect(self, line: str) -> str:
        """Take one more line of a file; a closing brace ends it."""
        text, brace, _ = line.partition("}")
        self._lines.append(text)
        if brace:
            self._session.device.files.put(self._name, ("\n".join(self._lines) + "\n").encode())
            self._name = ""
        return ""

    def execute(self, line: str) -> str:
        """Start a file, leave, or run an exec command."""
        if line.strip() in {"tclquit", "exit"}:
            self._session.configuring = None
            return ""
        found = _OPEN.match(line)
        if found is None:
            return self._session.run_command(line)
        self._name, self._lines = found["name"], []
        return self.collect(found["rest"])

    def next_words(self, typed: str) -> Sequence[str]:
        """What could be typed next: exec commands."""
        return self._session.device.vendor.commands.next_words(typed, level=self._session.level)

    def hang_up(self) -> None:
        """A file that was not ended is not there."""


@COMMANDS.add("tclsh", level=15)
def tclsh(call: Call) -> str:
    """Into the Tcl shell."""
    call.session.configuring = TclShell(call.session)
    return ""
