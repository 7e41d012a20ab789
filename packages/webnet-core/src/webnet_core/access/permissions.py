"""Asking for an action before doing it: services and views use the same two questions."""

from __future__ import annotations

from typing import Any

from webnet_core.access.models import Customer
from webnet_core.access.scope import can, restriction_of
from webnet_core.exceptions import InvalidInput, PermissionDenied


class PersonRequired(PermissionDenied):
    """An API key may not do this; sign in yourself."""


def require(user: Any, action: str, customer_id: int | None = None) -> None:
    """Go on only if the user may do `action` in the customer, or in any customer where none is named.

    Raises:
        PermissionDenied: the role does not cover it; the message and `action` name what is missing.
    """
    if not can(user, action, customer_id):
        lacking = (
            "your role does not have" if restriction_of(user) is None else "this API key or its owner does not have"
        )
        raise PermissionDenied(f"This needs the action '{action}', which {lacking}.", action=action)


def require_person(user: Any) -> None:
    """Go on only if somebody signed in themselves: an API key makes no keys and changes no passwords or memberships.

    Raises:
        PersonRequired: the request came with a key, or without anybody.
    """
    if restriction_of(user) is not None or not getattr(user, "is_authenticated", False):
        raise PersonRequired


def customer_for(user: Any, wanted: int | None = None, *, path: str = "customer_id") -> int:
    """Return the customer that something new of the user's shall belong to.

    Arguments:
        wanted: the customer the caller named; may be None where the user sees exactly one.
        path: where the name stood, for the error.

    Raises:
        InvalidInput: no such customer among those the user sees, or several and none named.
    """
    visible = Customer.objects.for_user(user)
    if wanted is not None:
        if not visible.filter(pk=wanted).exists():
            raise InvalidInput.at(path, f"There is no customer {wanted} that you may see.", "unknown_customer")
        return wanted
    ids = list(visible.values_list("pk", flat=True)[:2])
    if len(ids) != 1:
        message = "Name the customer with the header X-Customer-ID or in customer_id."
        raise InvalidInput.at(path, message, "customer_required")
    return ids[0]
