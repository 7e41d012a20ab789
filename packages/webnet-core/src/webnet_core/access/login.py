"""Signing in with a password, throttled and recorded, whichever door the user came through."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate

from webnet_core.access import second_factor
from webnet_core.access.sessions import mark_recorded
from webnet_core.access.throttles import count_failure, forget_failures, refuse_if_throttled
from webnet_core.audit.record import record
from webnet_core.exceptions import WebnetError


class InvalidCredentials(WebnetError):
    """That username and password do not match an active account."""


class SecondFactorRequired(InvalidCredentials):
    """The password is right; send the code of your second factor with it.

    `user` is who may now prove to be who they are with `check_code`.
    """

    user: Any


class SecondFactorRefused(InvalidCredentials):
    """That code is wrong, too old or used; send a new one."""


def check_password(request: Any, username: str, password: str, *, address: str = "", code: str = "") -> Any:
    """Return the active user these belong to.

    Arguments:
        request: Django's request, for authentication backends that look at it; may be None.
        address: where the attempt came from.
        code: proof of the second factor, for those users who have one.

    Raises:
        TooManyAttempts: this username or address failed too often of late.
        SecondFactorRequired: the user has a second factor and sent no code.
        SecondFactorRefused: the code proves nothing; it counts as a failure.
        InvalidCredentials: unknown user, wrong password or inactive account, which are not told apart.
    """
    refuse_if_throttled(username, address)
    user = authenticate(request, username=username, password=password)
    if user is None or not user.is_active:
        count_failure(username, address)
        record(None, "auth.login_failed", data={"username": username[:150]})
        raise InvalidCredentials
    if not second_factor.is_required(user):
        return _let_in(user, username)
    if not code:
        raise SecondFactorRequired(user=user)
    return check_code(request, user, code, address=address)


def check_code(request: Any, user: Any, code: str, *, address: str = "") -> Any:
    """Return the user, whose password was right, where `code` proves the second factor.

    It counts failures like `check_password` does, under the user's own name, whatever alias was typed.

    Raises:
        TooManyAttempts: this user or address failed too often of late.
        SecondFactorRefused: the code proves nothing.
    """
    username = user.get_username()
    refuse_if_throttled(username, address)
    if not second_factor.is_proven(user, code, request):
        count_failure(username, address)
        record(None, "auth.login_failed", data={"username": username[:150], "reason": "second factor"})
        raise SecondFactorRefused
    return _let_in(user, username)


def _let_in(user: Any, username: str) -> Any:
    forget_failures(username)
    record(user, "auth.login", user)
    return mark_recorded(user)
