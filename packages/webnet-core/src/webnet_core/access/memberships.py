"""Who has which role where: granting, changing and taking away."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q

from webnet_core.access.endings import announce
from webnet_core.access.models import Customer, Membership
from webnet_core.access.permissions import require, require_person
from webnet_core.access.roles import Role
from webnet_core.access.scope import customer_ids, forget_grants
from webnet_core.access.validation import save_valid
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput, NotFound

ACTION = "memberships.edit"
EVERYWHERE = "users.edit"


class LastGlobalAdmin(Conflict):
    """Nobody would be left who may do everything; make somebody else a global admin first."""


def visible_memberships(user: Any) -> models.QuerySet[Membership]:
    """Return the memberships the user may change: a global admin's all, an admin's those in their customers."""
    rows = Membership.objects.select_related("user", "customer").order_by("pk")
    allowed = customer_ids(user, ACTION)
    return rows if allowed is None else rows.filter(customer__in=allowed)


def grant(user: Any, account: Any, customer_id: int | None, role: str, *, path: str = "customer_id") -> Membership:
    """Give an account a role in a customer, or everywhere.

    Arguments:
        customer_id: None for all customers, which only a global admin may grant.
        path: where the customer was named, for the error.

    Raises:
        PermissionDenied: the user is no admin there, or an API key asks.
        InvalidInput: there is no such customer or role.
        Conflict: the account has a role there already.
    """
    require_granting(user, customer_id, path)
    with transaction.atomic():
        row = Membership(user=account, customer_id=customer_id, role=_role(role))
        if Membership.objects.filter(
            Q(customer=customer_id) if customer_id else Q(customer=None), user=account
        ).exists():
            raise Conflict(f"{account} has a role there already; change that.")
        save_valid(row)
        record(user, "memberships.grant", row, customer_id=customer_id, data=_told(row))
        _apply(account)
    return row


def set_role(user: Any, membership: Membership, role: str) -> Membership:
    """Change a role; it counts from the next request on.

    Raises:
        PermissionDenied: the user is no admin there, or an API key asks.
        InvalidInput: there is no such role.
        LastGlobalAdmin: nobody would be left who may do everything.
    """
    require_granting(user, membership.customer_id)
    wanted = _role(role)
    if wanted == membership.role:
        return membership
    with transaction.atomic():
        if membership.customer_id is None:
            keep_a_global_admin(without_membership=membership)
        before, membership.role = membership.role, wanted
        membership.save(update_fields=["role"])
        data = {**_told(membership), "was": before}
        record(user, "memberships.change", membership, customer_id=membership.customer_id, data=data)
        _apply(membership.user)
    return membership


def revoke(user: Any, membership: Membership) -> None:
    """Take a role away.

    Raises:
        PermissionDenied: the user is no admin there, or an API key asks.
        LastGlobalAdmin: nobody would be left who may do everything.
    """
    require_granting(user, membership.customer_id)
    with transaction.atomic():
        if membership.customer_id is None:
            keep_a_global_admin(without_membership=membership)
        record(user, "memberships.revoke", membership, customer_id=membership.customer_id, data=_told(membership))
        account = membership.user
        membership.delete()
        _apply(account)


def add_member(user: Any, account: Any, customer_id: int, role: str = Role.VIEWER) -> Membership:
    """Let an account belong to a customer; one that does already keeps its role."""
    require_granting(user, customer_id)
    held = Membership.objects.filter(user=account, customer=customer_id).select_related("user").first()
    return held or grant(user, account, customer_id, role)


def remove_member(user: Any, account: Any, customer_id: int) -> None:
    """Take an account's role in a customer away.

    Raises:
        PermissionDenied: the user is no admin there, or an API key asks.
        NotFound: the account does not belong to it.
    """
    require_granting(user, customer_id)
    held = Membership.objects.filter(user=account, customer=customer_id).select_related("user").first()
    if held is None:
        raise NotFound(f"{account} does not belong to this customer.")
    revoke(user, held)


def keep_a_global_admin(*, without_user: Any = None, without_membership: Membership | None = None) -> None:
    """Go on only if an active global admin is left without this account, or this membership. Call it in a transaction.

    Raises:
        LastGlobalAdmin: there is none.
    """
    users = get_user_model()._default_manager.all()  # noqa: SLF001 - Django documents it
    rows = Membership.objects.filter(customer=None, role=Role.ADMIN)
    # All of them are locked: of two admins who take each other's role away, one is refused.
    granted = {row.pk: row.user_id for row in rows.select_for_update().order_by("pk")}
    if without_membership is not None and granted.pop(without_membership.pk, None) is None:
        return
    admins = users.filter(Q(pk__in=set(granted.values())) | Q(is_superuser=True), is_active=True)
    left = {row.pk for row in admins.select_for_update().order_by("pk")}
    if without_user is not None:
        if without_user.pk not in left:
            return
        left.discard(without_user.pk)
    if not left:
        raise LastGlobalAdmin


def require_granting(user: Any, customer_id: int | None, path: str = "customer_id") -> None:
    """Go on only if the user may say who has which role in a customer, or everywhere.

    Raises:
        PermissionDenied: the user is no admin there, or an API key asks.
        InvalidInput: the user sees no such customer.
    """
    require_person(user)
    if customer_id is None:
        require(user, EVERYWHERE)
        return
    if not Customer.objects.for_user(user).filter(pk=customer_id).exists():
        raise InvalidInput.at(path, f"There is no customer {customer_id} that you may see.", "unknown_customer")
    require(user, ACTION, customer_id)


def _role(role: str) -> str:
    if role not in Role.values:
        raise InvalidInput.at("role", f"There is no role {role!r}; there are {', '.join(Role.values)}.", "unknown_role")
    return Role(role).value


def _told(row: Membership) -> dict[str, Any]:
    where = row.customer.name if row.customer is not None else "all customers"
    return {"user": row.user.get_username(), "role": row.role, "where": where}


def _apply(account: Any) -> None:
    forget_grants(account)
    announce(account)
