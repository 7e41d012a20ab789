"""Changing a row: what differs is checked, stored and told to the audit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from webnet_core.access.validation import save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record


def differing(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `values` that the row has not."""
    return {name: value for name, value in values.items() if getattr(row, name) != value}


def store_changes(
    user: Any, action: str, row: models.Model, changed: Mapping[str, Any], *, customer_id: int | None = None
) -> None:
    """Set these fields, store the row if all of it is valid, and record the change, in the caller's transaction.

    Arguments:
        changed: what `differing` returned; where there is nothing, nothing is recorded.
        customer_id: whose audit shows it, where the row does not say so itself.

    Raises:
        InvalidInput, Conflict: see `save_valid`.
    """
    before = row_values(row, changed)
    for name, value in changed.items():
        setattr(row, name, value)
    save_valid(row)
    if changed:
        record(user, action, row, customer_id=customer_id, before=before, after=row_values(row, changed))
