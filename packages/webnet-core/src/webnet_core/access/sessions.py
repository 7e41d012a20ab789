"""Sessions in the audit: whoever begins or ends one, on whichever page of the site."""

from __future__ import annotations

from typing import Any

from webnet_core.access.scope import grants
from webnet_core.audit.record import origin_of, record

_RECORDED = "_webnet_login_recorded"


def mark_recorded(user: Any) -> Any:
    """Return the user of a login that is in the audit already."""
    setattr(user, _RECORDED, True)
    return user


def record_login(*, request: Any, user: Any, **_: Any) -> None:
    """Record the session of somebody with a role in webnet who signed in on a page of the site's own."""
    if not getattr(user, _RECORDED, False) and grants(user):
        _record(request, user, "auth.login")


def record_logout(*, request: Any, user: Any, **_: Any) -> None:
    """Record the end of a session of somebody with a role in webnet."""
    if user is not None and grants(user):
        _record(request, user, "auth.logout")


def _record(request: Any, user: Any, action: str) -> None:
    if request is None:
        record(user, action, user)
        return
    with origin_of(request, door="session"):
        record(user, action, user)
