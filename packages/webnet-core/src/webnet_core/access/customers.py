"""Making, changing and removing customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models, transaction

from webnet_core.access.editing import differing, store_changes
from webnet_core.access.models import ApiKey, Customer, Membership
from webnet_core.access.permissions import require
from webnet_core.access.validation import delete_unused, in_use, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record

EDITABLE = ("name", "description")
# Who may see a customer is no use of it.
_RIGHTS = (Membership, ApiKey)
_NAMED = 5


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
        fresh = Customer.objects.select_for_update().get(pk=customer.pk)
        store_changes(user, "customers.update", fresh, differing(fresh, values), customer_id=fresh.pk)
    return fresh


def delete_customer(user: Any, customer: Customer) -> None:
    """Remove a customer that nothing is kept for any more, with the history of its jobs; its audit stays.

    Raises:
        PermissionDenied: only a global admin may.
        Conflict: it has devices, sites, credentials or other things somebody made; `used_by` names some.
    """
    require(user, "customers.edit")
    with transaction.atomic():
        # Whatever would be stored for it at this moment waits, and is then refused.
        locked = Customer.objects.select_for_update().get(pk=customer.pk)
        _refuse_used(locked)
        record(user, "customers.delete", locked, customer_id=locked.pk, before=row_values(locked, EDITABLE))
        history = [model for model, _ in _owned_directly() if hasattr(model, "goes_with_customer")]
        for model in sorted(history, key=lambda one: int(one.goes_with_customer)):
            _forget(model, locked)
        delete_unused(locked)


def _refuse_used(customer: Customer) -> None:
    named: list[models.Model] = []
    count = 0
    for model, column in _owned_directly():
        if model in _RIGHTS or hasattr(model, "goes_with_customer"):
            continue
        rows = model._base_manager.filter(**{column: customer})  # noqa: SLF001 - documented; all rows, whoever asks
        found = list(rows.order_by("pk")[: _NAMED - len(named)]) if len(named) < _NAMED else []
        named += found
        count += rows.count()
    if count:
        raise in_use(customer, named, count)


def _owned_directly() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model whose rows would go with a customer, and the column that names it."""
    for relation in Customer._meta.related_objects:
        if relation.on_delete is not models.DO_NOTHING and not relation.many_to_many:
            yield relation.related_model, relation.field.name


def _forget(model: type[models.Model], customer: Customer) -> None:
    rows = model._base_manager.filter(customer=customer)  # noqa: SLF001 - documented
    # What refers to a row of its own kind goes before that.
    for field in model._meta.local_concrete_fields:
        if field.remote_field is not None and field.remote_field.model is model:
            rows.filter(**{f"{field.name}__isnull": False}).delete()
    rows.delete()
