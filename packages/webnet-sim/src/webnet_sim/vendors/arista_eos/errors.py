"""What Arista EOS prints for a line it does not take."""

from __future__ import annotations

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, InputError
from webnet_sim.shell.session import Session


def explain(error: InputError, line: str, session: Session) -> str:
    """The text for an input error, with the word it stumbled over."""
    if isinstance(error, IncompleteLine):
        return f"% Incomplete command (at token {error.index}: '')\n"
    if isinstance(error, AmbiguousWord):
        return f"% Ambiguous command (at token {error.index}: '{error.word}')\n"
    if session.level <= 1 and session.device.vendor.commands.needs_privilege(line):
        return "% Invalid input (privileged mode required)\n"
    return f"% Invalid input (at token {error.index}: '{error.word}')\n"
