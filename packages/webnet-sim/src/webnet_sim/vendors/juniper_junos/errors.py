"""What Juniper Junos prints for a line it does not take."""

from __future__ import annotations

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, InputError
from webnet_sim.shell.session import Session


def explain(error: InputError, line: str, session: Session) -> str:
    """The text for an input error, with a caret under the place Junos stumbled over."""
    name = session.prompt.rpartition("\n")[2]
    if isinstance(error, AmbiguousWord):
        return f"{' ' * (len(name) + error.column)}^\n'{error.word}' is ambiguous.\n"
    if isinstance(error, IncompleteLine):
        return f"{' ' * (len(name) + len(line.rstrip()))}^\nmissing argument.\n"
    caret = " " * (len(name) + error.column) + "^\n"
    if error.index == 0:
        return f"{caret}unknown command.\n"
    return f"{caret}syntax error.\n" if session.configuring else f"{caret}syntax error, expecting <command>.\n"
