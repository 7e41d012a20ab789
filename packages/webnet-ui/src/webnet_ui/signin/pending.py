"""Somebody whose password was right and whose second factor is still asked for, kept in the session for a while."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

KEY = "webnet_ui.signin"
SECONDS = 300


def remember(request: HttpRequest, user: Any) -> None:
    """Keep that this browser gave the right password of `user`."""
    pk = user._meta.pk.value_to_string(user)
    request.session[KEY] = [pk, user.backend, user.get_session_auth_hash(), time.time()]


def forget(request: HttpRequest) -> None:
    """Begin anew."""
    request.session.pop(KEY, None)


def recall(request: HttpRequest) -> Any:
    """Return the user whose password this browser gave; None where it gave none or took too long since.

    A password that was changed meanwhile counts as none, as does an account that was closed.
    """
    kept = request.session.get(KEY)
    if kept is None:
        return None
    pk, backend, mark, since = kept
    user = get_user_model()._default_manager.filter(pk=pk).first()  # noqa: SLF001 - as Django's own backends do
    if not user or time.time() - since > SECONDS or not _is_same(user, mark):
        forget(request)
        return None
    user.backend = backend
    return user


def _is_same(user: Any, mark: str) -> bool:
    return user.is_active and constant_time_compare(mark, user.get_session_auth_hash())
