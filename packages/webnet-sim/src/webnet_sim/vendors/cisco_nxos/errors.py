"""What Cisco NX-OS prints for a line it does not take."""

from __future__ import annotations

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, InputError
from webnet_sim.shell.session import Session


def explain(error: InputError, line: str, session: Session) -> str:
    """The text for an input error, with a caret under the word NX-OS stumbled over."""
    caret = " " * (len(session.prompt) + error.column) + "^\n"
    if isinstance(error, IncompleteLine):
        return f"{' ' * (len(session.prompt) + len(line.rstrip()))}^\n% Incomplete command at '^' marker.\n"
    if isinstance(error, AmbiguousWord):
        return f"{caret}% Ambiguous command at '^' marker.\n"
    return f"{caret}% Invalid command at '^' marker.\n"
