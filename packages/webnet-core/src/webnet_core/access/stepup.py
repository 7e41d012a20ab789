"""The step-up: before a stored secret is sent somewhere else, who asks for it must prove anew that it is they.

A session or a login by token proves it with the password (``POST auth/reauthenticate``), an API key by having been made
for it (scope ``devices.repoint``), and code without a request by saying so: ``with trusted("nightly import"):``.
Nothing else does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.access.scope import restriction_of
from webnet_core.access.tokens import password_mark
from webnet_core.conf import settings
from webnet_core.exceptions import PermissionDenied

REPOINT = "devices.repoint"
SESSION_KEY = "_webnet_reauthenticated"
_PROVED = "_webnet_reauthenticated_at"
_trusted: ContextVar[str] = ContextVar("webnet_trusted", default="")


class ReauthenticationRequired(PermissionDenied):
    """This changes where a stored secret is sent: enter your password again (POST auth/reauthenticate), then repeat."""


@contextmanager
def trusted(reason: str) -> Iterator[None]:
    """Let code that no request stands behind re-point devices within the block; the audit shows the reason.

    The role of the user it acts for is asked for all the same.

    Raises:
        ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("Say why this code may re-point devices.")
    token = _trusted.set(reason.strip()[:200])
    try:
        yield
    finally:
        _trusted.reset(token)


def require_repoint(user: Any, customer_id: int | None) -> str:
    """Go on only if the user may change where a stored secret of the customer is sent, and has proved to be there.

    Call it in the service, before anything is written, and put what it returns into the audit row.

    Returns:
        What the proof was: ``password``, ``API key <name>`` or ``trusted: <reason>``.

    Raises:
        PermissionDenied: the role, or the scopes of the API key, lack ``devices.repoint``.
        ReauthenticationRequired: the password was not entered again within ``STEP_UP_SECONDS``.
    """
    require(user, REPOINT, customer_id)
    return require_proof(user)


def require_proof(user: Any) -> str:
    """Go on only if the user has proved to be there, or a key was made for what is asked; see `require_repoint`."""
    if reason := _trusted.get():
        return f"trusted: {reason}"
    if (limit := restriction_of(user)) is not None:
        return f"API key {limit.name}"
    if not is_proved(user):
        raise ReauthenticationRequired(action=REPOINT)
    return "password"


def carry(user: Any, proved_at: datetime | None) -> None:
    """Remember on the user of a request when the login behind it last entered the password again."""
    setattr(user, _PROVED, proved_at)


def is_proved(user: Any) -> bool:
    """Say whether the login behind this user's request entered the password again a short while ago."""
    at = getattr(user, _PROVED, None)
    return isinstance(at, datetime) and at <= timezone.now() < at + timedelta(seconds=settings.CORE.STEP_UP_SECONDS)


def mark_session(session: Any, user: Any) -> None:
    """Remember in a Django session that its user entered the password again just now."""
    session[SESSION_KEY] = [time.time(), password_mark(user)]


def carry_session(user: Any, session: Any) -> None:
    """Carry over to the user what `mark_session` left, unless the password was changed since."""
    kept = session.get(SESSION_KEY) if session is not None and user.is_authenticated else None
    if isinstance(kept, list) and len(kept) == 2 and kept[1] == password_mark(user):
        carry(user, datetime.fromtimestamp(float(kept[0]), tz=UTC))
