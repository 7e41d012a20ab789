"""What Cisco IOS prints for a line it does not take."""

from __future__ import annotations

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, InputError
from webnet_sim.shell.session import Session


def explain(error: InputError, line: str, session: Session) -> str:
    """The text for an input error, caret included where IOS shows one."""
    if isinstance(error, IncompleteLine):
        return "% Incomplete command.\n\n"
    if isinstance(error, AmbiguousWord):
        return f'% Ambiguous command:  "{line.strip()}"\n'
    caret = " " * (len(session.prompt) + error.column) + "^"
    return f"{caret}\n% Invalid input detected at '^' marker.\n\n"
