"""For whom a verb of `manage.py webnet` acts: whoever ``--user`` names, with no more rights than they have."""

from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from webnet_core.access.models import Customer
from webnet_core.exceptions import InvalidInput

_ID_DIGITS = 18


def add_acting(*parsers: argparse.ArgumentParser) -> None:
    """Let verbs say who acts, and for which customer."""
    for parser in parsers:
        parser.add_argument("--user", required=True, metavar="NAME", help="who asks; their rights hold")
        parser.add_argument("--customer", default="", metavar="NAME", help="name or id, where there are several")


def acting_user(options: argparse.Namespace) -> Any:
    """Return who was named with ``--user``.

    Raises:
        InvalidInput: there is no such active account.
    """
    model = get_user_model()
    found = model.objects.filter(**{model.USERNAME_FIELD: options.user}).first()
    if found is None or not found.is_active:
        raise InvalidInput.at("user", f"There is no active user {options.user!r}.", "unknown_user")
    return found


def acting_customer(user: Any, options: argparse.Namespace) -> int | None:
    """Return the id of the customer named with ``--customer``; None where none was.

    Raises:
        InvalidInput: there is none among those the user sees.
    """
    wanted = options.customer
    if not wanted:
        return None
    named = Q(name=wanted)
    if wanted.isdecimal() and wanted.isascii() and len(wanted) <= _ID_DIGITS:
        named |= Q(pk=int(wanted))
    found = Customer.objects.for_user(user).filter(named).first()
    if found is None:
        raise InvalidInput.at("customer", f"There is no customer {wanted!r} that you may see.", "unknown_customer")
    return int(found.pk)
