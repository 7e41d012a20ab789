"""The scope of every query: `Model.objects.for_user(user)` and nothing else in a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models

from webnet_core.access.roles import ACTIONS, GLOBAL_ACTIONS, Role, role_allows

M = TypeVar("M", bound=models.Model, covariant=True)  # noqa: PLC0105 - the name Django's stubs use
_CACHE = "_webnet_grants"
_RESTRICTION = "_webnet_restriction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Restriction:
    """What a key leaves of its owner's rights: the actions in `scopes`, in one customer where `customer_id` says so."""

    name: str
    scopes: frozenset[str]
    customer_id: int | None = None


def restrict(user: Any, restriction: Restriction) -> Any:
    """Return the user of a request that came with a key; every question about its rights is answered with the key's."""
    setattr(user, _RESTRICTION, restriction)
    return user


def restriction_of(user: Any) -> Restriction | None:
    """Return what limits this user's request; None for somebody who signed in themselves."""
    found: Restriction | None = getattr(user, _RESTRICTION, None)
    return found


def grants(user: Any) -> dict[int | None, str]:
    """Map customer id (None: all customers) to the user's role there; empty for the anonymous and the inactive.

    These are the roles a user holds; what a request of theirs may do, a key's limits included, says `customer_ids`.

    The answer is kept on the user object, which lives as long as its request.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return {}
    if user.is_superuser:
        return {None: Role.ADMIN}
    cached = getattr(user, _CACHE, None)
    if cached is None:
        cached = dict(user.webnet_memberships.values_list("customer_id", "role"))
        setattr(user, _CACHE, cached)
    return dict(cached)


def forget_grants(user: Any) -> None:
    """Make the next question about `user` read the memberships afresh."""
    if hasattr(user, _CACHE):
        delattr(user, _CACHE)


def customer_ids(user: Any, action: str = "view") -> frozenset[int] | None:
    """Return the customers in which the user may do `action`; None means all of them.

    Raises:
        KeyError: the action is not declared in `roles.ACTIONS`.
    """
    ACTIONS[action]
    limit = restriction_of(user)
    if limit is not None and action not in limit.scopes:
        return frozenset()
    allowed = {customer for customer, role in grants(user).items() if role_allows(role, action)}
    if limit is not None and limit.customer_id is not None:
        inside = action not in GLOBAL_ACTIONS and not allowed.isdisjoint({None, limit.customer_id})
        return frozenset({limit.customer_id}) if inside else frozenset()
    if None in allowed:
        return None
    if action in GLOBAL_ACTIONS:
        return frozenset()
    return frozenset(customer for customer in allowed if customer is not None)


def can(user: Any, action: str, customer_id: int | None = None) -> bool:
    """Say whether the user may do `action` in the customer, or in any customer where none is named."""
    allowed = customer_ids(user, action)
    if allowed is None:
        return True
    return bool(allowed) if customer_id is None else customer_id in allowed


def owned_models() -> list[type[models.Model]]:
    """Return every installed model, of whatever app, whose rows belong to a customer: those with a `customer_path`."""
    found = [model for model in apps.get_models() if getattr(model, "customer_path", "")]
    return [model for model in found if model._meta.managed and not model._meta.proxy]


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows how its rows reach their customer (`Model.customer_path`)."""

    def for_user(self, user: Any, action: str = "view") -> Self:
        """Keep the rows of customers in which `user` may do `action`; none for the anonymous."""
        allowed = customer_ids(user, action)
        if allowed is None:
            return self
        path = self.model.customer_path  # type: ignore[attr-defined]
        lookup = path if path.endswith(("pk", "_id")) else f"{path}_id"
        return self.filter(**{f"{lookup}__in": allowed})


class ScopedManager(models.Manager[M]):
    """Manager whose querysets are scoped; `all()` stays for services and migrations."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        return ScopedQuerySet(self.model, using=self._db)

    def for_user(self, user: Any, action: str = "view") -> ScopedQuerySet[M]:
        """See `ScopedQuerySet.for_user`."""
        return self.get_queryset().for_user(user, action)
