"""Making and changing customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from webnet_core.access.models import Customer
from webnet_core.access.permissions import require
from webnet_core.access.validation import refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record

EDITABLE = ("name", "description")


def create_customer(user: Any, values: Mapping[str, Any]) -> Customer:
    """Make a customer.

    Raises:
        PermissionDenied: only a global admin may.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "customers.edit")
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        customer = Customer(**values)
        save_valid(customer)
        record(user, "customers.create", customer, customer_id=customer.pk, after=row_values(customer, EDITABLE))
    return customer


def update_customer(user: Any, customer: Customer, values: Mapping[str, Any]) -> Customer:
    """Change a customer's name or description; see `create_customer` for what is refused."""
    require(user, "customers.edit")
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        changed = {name: value for name, value in values.items() if getattr(customer, name) != value}
        before = row_values(customer, changed)
        for name, value in changed.items():
            setattr(customer, name, value)
        save_valid(customer)
        if changed:
            after = row_values(customer, changed)
            record(user, "customers.update", customer, customer_id=customer.pk, before=before, after=after)
    return customer
