"""Rows for tests: every argument may be left out, every name is unique, nothing is contacted."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

from webnet_core.access.models import Customer, Membership
from webnet_core.access.roles import Role
from webnet_core.inventory.models import Device, Site
from webnet_core.secrets.models import Credential

_numbers = count(1)


def make_customer(name: str = "") -> Customer:
    """Return a stored customer."""
    return Customer.objects.create(name=name or f"customer {next(_numbers)}")


def make_user(
    username: str = "", *, role: str | None = Role.OPERATOR, customer: Customer | None = None, **fields: Any
) -> Any:
    """Return a stored user of the site's own user model, with one membership.

    Arguments:
        role: None makes a user who belongs nowhere.
        customer: where the role holds; None means everywhere.
        fields: further columns of the user; ``password`` is hashed.
    """
    model = get_user_model()
    name = username or f"user{next(_numbers)}"
    password = fields.pop("password", None)
    user = model(**{model.USERNAME_FIELD: name, **fields})
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save()
    if role is not None:
        Membership.objects.create(user=user, customer=customer, role=role)
    return user


def make_site(customer: Customer | None = None, *, queue: str = "default", **fields: Any) -> Site:
    """Return a stored site, whose devices are served by the workers of `queue`."""
    values = {"name": f"site {next(_numbers)}", "queue": queue, **fields}
    return Site.objects.create(customer=customer or make_customer(), **values)


def make_credential(customer: Customer | None = None, **fields: Any) -> Credential:
    """Return a stored credential; its secrets are encrypted as any other's."""
    number = next(_numbers)
    values = {"name": f"login {number}", "username": "admin", "password": f"password {number}", **fields}
    return Credential.objects.create(customer=customer or make_customer(), **values)


def make_device(customer: Customer | None = None, **fields: Any) -> Device:
    """Return a stored Cisco IOS device at an address of the documentation's network, 192.0.2.0/24."""
    return make_devices(1, customer, **fields)[0]


def make_devices(number: int, customer: Customer | None = None, **fields: Any) -> list[Device]:
    """Return `number` stored devices of one customer that differ in their names and addresses only."""
    site = fields.get("site")
    owner = customer or (site.customer if site is not None else make_customer())
    rows = []
    for _ in range(number):
        serial = next(_numbers)
        names = {"hostname": f"device{serial:05d}", "mgmt_ip": f"192.0.2.{serial % 254 + 1}", "platform": "cisco_ios"}
        rows.append(Device(customer=owner, **{**names, **fields}))
    return Device.objects.bulk_create(rows)
