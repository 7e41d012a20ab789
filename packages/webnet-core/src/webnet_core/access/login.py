"""Signing in with a password, throttled and recorded, whichever door the user came through."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate

from webnet_core.access.throttles import count_failure, forget_failures, refuse_if_throttled
from webnet_core.audit.record import record
from webnet_core.exceptions import WebnetError


class InvalidCredentials(WebnetError):
    """That username and password do not match an active account."""


def check_password(request: Any, username: str, password: str, *, address: str = "") -> Any:
    """Return the active user these belong to.

    Arguments:
        request: Django's request, for authentication backends that look at it; may be None.
        address: where the attempt came from.

    Raises:
        TooManyAttempts: this username or address failed too often of late.
        InvalidCredentials: unknown user, wrong password or inactive account, which are not told apart.
    """
    refuse_if_throttled(username, address)
    user = authenticate(request, username=username, password=password)
    if user is None or not user.is_active:
        count_failure(username, address)
        record(None, "auth.login_failed", data={"username": username[:150]})
        raise InvalidCredentials
    forget_failures(username)
    record(user, "auth.login", user)
    return user
