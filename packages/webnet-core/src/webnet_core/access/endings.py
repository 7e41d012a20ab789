"""What ends when somebody loses their account or their password, and who is told that rights have changed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from webnet_core.access import tokens
from webnet_core.access.apikeys import revoke_all_keys

# Sent with `user_id` once the change is stored: open sockets of that user look at their rights at once.
rights_changed = Signal()


def announce(user: Any) -> None:
    """Tell, once the transaction is stored, that what the user may do has changed."""
    user_id = user.pk  # an account that is removed has none by then
    transaction.on_commit(lambda: rights_changed.send(sender=type(user), user_id=user_id), robust=True)


def end_logins(user: Any, reason: str) -> None:
    """End every login of a user: tokens, the sessions that can be found, and sockets."""
    tokens.revoke_all(user, reason)
    end_sessions(user)
    announce(user)


def end_everything(user: Any, reason: str) -> None:
    """End every login and every API key of a user; none of them comes back when the account does."""
    revoke_all_keys(user)
    end_logins(user, reason)


def end_sessions(user: Any) -> int:
    """Delete the sessions of a user where Django keeps them in a table; return how many there were.

    Sessions in a cache, in files or in cookies cannot be found by their user. They are refused as long as the account
    is inactive, and for good once the password has changed.
    """
    engine = import_module(settings.SESSION_ENGINE).SessionStore
    if not hasattr(engine, "get_model_class"):
        return 0
    rows = engine.get_model_class().objects.filter(expire_date__gt=timezone.now())
    pk = user._meta.pk.value_to_string(user)
    ended = 0
    for row in rows.iterator():
        if row.get_decoded().get(SESSION_KEY) == pk:
            engine(row.session_key).delete()
            ended += 1
    return ended


def end_with_account(*, instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """End everything of a user who was stored as inactive, by whatever code or page of the site."""
    if not created and not raw and not instance.is_active:
        end_everything(instance, "deactivated")
