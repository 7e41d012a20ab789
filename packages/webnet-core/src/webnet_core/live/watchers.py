"""Whether who opened a socket is still signed in; a socket lives on when its page's login has ended."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils.crypto import constant_time_compare

from webnet_core.access.scope import forget_grants


def session_of(scope: Mapping[str, Any]) -> str:
    """Return the key of the session that lets this socket in; empty where the site lets it in by other means."""
    session = scope.get("session")
    return str(session.session_key) if session is not None and _is_of(session, scope["user"]) else ""


def find_watcher(user_id: Any, session_key: str) -> Any:
    """Return a socket's user as the database has them now; None where they are gone, inactive or signed out since.

    Args:
        user_id: Who opened the socket.
        session_key: The session that let them in; empty where there is none to ask.
    """
    user = get_user_model()._default_manager.filter(pk=user_id).first()  # noqa: SLF001 - Django documents it
    if user is None or not user.is_active or (session_key and not _still_signed_in(session_key, user)):
        return None
    forget_grants(user)
    return user


def _still_signed_in(session_key: str, user: Any) -> bool:
    """Tell whether the session still stands, and for the password the user has now."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    mark = str(session.get(HASH_SESSION_KEY, ""))
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return _is_of(session, user) and any(constant_time_compare(mark, one) for one in valid)


def _is_of(session: Any, user: Any) -> bool:
    return str(session.get(SESSION_KEY, "")) == str(user.pk)
