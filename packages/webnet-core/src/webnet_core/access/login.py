"""Signing in with a password, throttled and recorded, whichever door the user came through."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate

from webnet_core.access import second_factor
from webnet_core.access.sessions import mark_recorded
from webnet_core.access.throttles import Attempt, count_attempt
from webnet_core.audit.clients import client_address
from webnet_core.audit.record import record
from webnet_core.exceptions import WebnetError

LOGIN = "auth.login"


class InvalidCredentials(WebnetError):
    """That username and password do not match an active account."""


class SecondFactorRequired(InvalidCredentials):
    """The password is right; send the code of your second factor with it.

    `user` is who may now prove to be who they are with `check_code`.
    """

    user: Any


class SecondFactorRefused(InvalidCredentials):
    """That code is wrong, too old or used; send a new one."""


def check_password(request: Any, username: str, password: str, *, code: str = "", action: str = LOGIN) -> Any:
    """Return the active user these belong to.

    Arguments:
        request: Django's request, for the address it came from and for authentication backends that look at it; may
            be None.
        code: proof of the second factor, for those users who have one.
        action: what the audit calls it.

    Raises:
        TooManyAttempts: for this username, or from this address, there were too many of late.
        SecondFactorRequired: the user has a second factor and sent no code.
        SecondFactorRefused: the code proves nothing; it counts as a failure.
        InvalidCredentials: unknown user, wrong password or inactive account, which are not told apart.
    """
    attempt = count_attempt("login", client_address(request), username)
    user = authenticate(request, username=username, password=password)
    if user is None or not user.is_active:
        record(None, f"{action}_failed", data={"username": username[:150]})
        raise InvalidCredentials
    if not second_factor.is_required(user):
        return _let_in(attempt, user, action)
    # A right password alone is no failure, and forgives none.
    attempt.withdraw()
    if not code:
        raise SecondFactorRequired(user=user)
    return check_code(request, user, code, action=action)


def check_code(request: Any, user: Any, code: str, *, action: str = LOGIN) -> Any:
    """Return the user, whose password was right, where `code` proves the second factor.

    It counts attempts like `check_password` does, under the user's own name, whatever alias was typed.

    Raises:
        TooManyAttempts: for this user, or from this address, there were too many of late.
        SecondFactorRefused: the code proves nothing.
    """
    attempt = count_attempt("login", client_address(request), user.get_username())
    if not second_factor.is_proven(user, code, request):
        record(None, f"{action}_failed", data={"username": user.get_username()[:150], "reason": "second factor"})
        raise SecondFactorRefused
    return _let_in(attempt, user, action)


def _let_in(attempt: Attempt, user: Any, action: str) -> Any:
    attempt.succeeded()
    record(user, action, user)
    return mark_recorded(user)
