"""Would refuse submissions, if it could be loaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webnet_core.plugin import Draft, Veto, hookimpl


@hookimpl
def webnet_check_submission(draft: Draft, user: Any) -> Iterable[Veto]:
    """Refuse everything."""
    return [Veto(message=f"{user} may not run {draft.task}", code="closed")]


raise ZeroDivisionError("the gate is stuck")
