"""Accounts: making, changing, closing and opening them, with whatever user model the site has."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction

from webnet_core.access.endings import end_everything, end_logins
from webnet_core.access.memberships import grant, keep_a_global_admin, set_role
from webnet_core.access.models import Membership
from webnet_core.access.permissions import require, require_person
from webnet_core.access.roles import Role
from webnet_core.access.scope import customer_ids
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import Conflict, FieldError, InvalidInput, PermissionDenied


class RegistrationDisabled(PermissionDenied):
    """Nobody makes their own account here; ask an admin for one."""


def visible_users(user: Any) -> models.QuerySet[Any]:
    """Return the accounts the user sees: a global admin all, an admin of customers those who belong to one of them."""
    rows = get_user_model()._default_manager.all()  # noqa: SLF001 - Django documents it
    allowed = customer_ids(user, "users.view")
    if allowed is not None:
        rows = rows.filter(pk__in=Membership.objects.filter(customer__in=allowed).values("user"))
    return rows.order_by(get_user_model().USERNAME_FIELD)


def register_user(values: Mapping[str, Any]) -> Any:
    """Make an account for somebody who asks for one themselves. It belongs to no customer.

    Arguments:
        values: ``username`` and ``password``.

    Raises:
        RegistrationDisabled: the site does not allow it.
        InvalidInput: the name is taken, or the password too weak.
    """
    if not settings.CORE.ALLOW_REGISTRATION:
        raise RegistrationDisabled
    refuse_unknown(values, ("username", "password"))
    with transaction.atomic():
        made = _make(values)
        record(made, "auth.register", made)
    return made


def create_user(user: Any, values: Mapping[str, Any]) -> Any:
    """Make an account for somebody else.

    Arguments:
        values: ``username`` and ``password``; optionally ``is_active``, and ``role`` in each of ``customer_ids``. With
            no customer the account has no role anywhere.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
        InvalidInput: the name is taken, the password too weak, or there is no such customer.
    """
    require_person(user)
    require(user, "users.edit")
    refuse_unknown(values, ("username", "password", "role", "is_active", "customer_ids"))
    with transaction.atomic():
        made = _make(values, is_active=values.get("is_active", True))
        record(user, "users.create", made, data={"username": made.get_username(), "is_active": made.is_active})
        for customer_id in dict.fromkeys(values.get("customer_ids", ())):
            grant(user, made, customer_id, values.get("role", Role.VIEWER), path="customer_ids")
    return made


def make_superuser(username: str, password: str) -> Any:
    """Make the first account of a site, which may do everything; for whoever has the machine.

    Raises:
        InvalidInput: the name is taken, or the password too weak.
    """
    fields = {name: True for name in ("is_staff", "is_superuser") if hasattr(get_user_model(), name)}
    with transaction.atomic():
        made = _make({"username": username, "password": password}, **fields)
        record(None, "users.create", made, data={"username": made.get_username(), "superuser": True})
    return made


def update_user(user: Any, account: Any, values: Mapping[str, Any]) -> Any:
    """Change an account.

    Arguments:
        values: any of ``role``, which becomes that of every membership there is; ``is_active``; ``password``.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
        Conflict: nobody would be left who may do everything.
        InvalidInput: the password is too weak, or the account has no membership whose role could change.
    """
    require_person(user)
    require(user, "users.edit")
    refuse_unknown(values, ("role", "is_active", "password"))
    with transaction.atomic():
        if "password" in values:
            set_password(user, account, values["password"])
        if "role" in values:
            _set_every_role(user, account, values["role"])
        if "is_active" in values:
            (activate_user if values["is_active"] else deactivate_user)(user, account)
    return account


def deactivate_user(user: Any, account: Any) -> None:
    """Close an account: its logins, sessions, sockets and API keys end at once, and none comes back with it.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
        Conflict: nobody would be left who may do everything.
    """
    require_person(user)
    require(user, "users.edit")
    with transaction.atomic():
        keep_a_global_admin(without_user=account)
        was_active, account.is_active = account.is_active, False
        account.save(update_fields=["is_active"])  # `end_with_account` hears of it
        if was_active:
            record(user, "users.deactivate", account)


def delete_user(user: Any, account: Any) -> None:
    """Remove an account with its memberships, keys and logins; what it did stays in the audit under its name.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
        Conflict: it is the user's own, nobody would be left who may do everything, or something needs it.
    """
    require_person(user)
    require(user, "users.edit")
    if account.pk == user.pk:
        raise Conflict("Nobody removes their own account; ask another global admin.")
    with transaction.atomic():
        keep_a_global_admin(without_user=account)
        record(user, "users.delete", account, data={"username": account.get_username()})
        end_everything(account, "deleted")
        delete_unused(account)


def activate_user(user: Any, account: Any) -> None:
    """Open a closed account again; its user signs in anew.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
    """
    require_person(user)
    require(user, "users.edit")
    if account.is_active:
        return
    with transaction.atomic():
        account.is_active = True
        account.save(update_fields=["is_active"])
        record(user, "users.activate", account)


def set_password(user: Any, account: Any, password: str) -> None:
    """Give an account another password; all its logins end.

    Raises:
        PermissionDenied: only a global admin may, and no API key.
        InvalidInput: the password is too weak.
    """
    require_person(user)
    require(user, "users.edit")
    _check_password(password, account)
    with transaction.atomic():
        account.set_password(password)
        account.save(update_fields=["password"])
        end_logins(account, "password changed")
        record(user, "users.set_password", account)


def change_own_password(user: Any, password: str) -> None:
    """Give the user, who just proved to know the old one, another password; all their logins end, this one too.

    Raises:
        PersonRequired: an API key asks.
        InvalidInput: the password is too weak.
    """
    require_person(user)
    _check_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        end_logins(user, "password changed")
        record(user, "users.change_own_password", user)


def _make(values: Mapping[str, Any], **fields: Any) -> Any:
    model = get_user_model()
    username = model.normalize_username(str(values.get("username", "")))
    taken = model._default_manager.filter(**{f"{model.USERNAME_FIELD}__iexact": username})  # noqa: SLF001 - documented
    if taken.exists():
        raise InvalidInput.at("username", "There is one with this username already.", "unique")
    made = model(**{model.USERNAME_FIELD: username, **fields})
    _check_password(values.get("password", ""), made)
    made.set_password(values.get("password"))
    try:
        save_valid(made)
    except InvalidInput as error:
        raise InvalidInput(errors=[_named(item, model.USERNAME_FIELD) for item in error.errors]) from error
    return made


def _named(item: FieldError, column: str) -> FieldError:
    return dataclasses.replace(item, path="username") if item.path == column else item


def _check_password(password: str, account: Any) -> None:
    if not password:
        raise InvalidInput.at("password", "A password is needed.", "required")
    try:
        validate_password(password, account)
    except ValidationError as error:
        problems = [FieldError(path="password", message=text, code="weak_password") for text in error.messages]
        raise InvalidInput(errors=problems) from error


def _set_every_role(user: Any, account: Any, role: str) -> None:
    rows = list(Membership.objects.filter(user=account).select_related("customer", "user"))
    if not rows:
        raise InvalidInput.at("role", "This account belongs to no customer; make a membership instead.", "no_role")
    for row in rows:
        set_role(user, row, role)
