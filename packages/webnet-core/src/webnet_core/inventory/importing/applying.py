"""Storing what an import says, a thousand devices at a time, with an audit row for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from webnet_core.access.guard_triggers import refusal
from webnet_core.audit.record import Change, record_many
from webnet_core.exceptions import Conflict
from webnet_core.inventory.drafts import EDITABLE, SWITCHED, switch
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.importing.verdicts import Row, Verdict
from webnet_core.inventory.models import Device, HostKey, Site
from webnet_core.inventory.repointing import KEY_DROPPING, drop_keys
from webnet_core.secrets.models import Credential

AT_ONCE = 500
RELATED = ("site", "credential")


def apply_rows(user: Any, batch: ImportBatch, verdict: Verdict, proof: Mapping[str, str]) -> dict[str, Any]:
    """Store the devices of a verdict without errors, in the caller's transaction; return what undoing needs.

    Arguments:
        proof: for the audit, by what right new devices get a stored secret.

    Raises:
        Conflict: somebody made one of the new devices just now.
    """
    new, changed = list(verdict.in_state("new")), list(verdict.in_state("update"))
    _switch(user, new, changed)
    _create([row.device for row in new if row.device is not None])
    store_changes(
        [row.device for row in changed if row.device is not None], {name for row in changed for name in row.before}
    )
    for row in changed:
        assert row.device is not None  # noqa: S101 - an update has one
        drop_pinned(user, row.device, row.before)
    names = Names(batch.customer_id)
    told = {"import": str(batch.pk)}
    record_many(user, "devices.create", _creations(new, names, {**told, **proof}))
    record_many(user, "devices.update", _updates(changed, names, told))
    return {
        "created": [[row.device.pk, row.number, row.hostname, mark_of(row.device)] for row in new if row.device],
        "changed": [[row.device_id, row.number, row.hostname, _pairs(row)] for row in changed],
    }


class Names:
    """Names of a customer's sites and credentials by id, for audit rows."""

    def __init__(self, customer_id: int) -> None:
        self._names = {
            "site": dict(Site.objects.filter(customer_id=customer_id).values_list("pk", "name")),
            "credential": dict(Credential.objects.filter(customer_id=customer_id).values_list("pk", "name")),
        }

    def told(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of fields as `audit.changes.row_values` gives them."""
        return {name: self._one(name, value) if name in RELATED else value for name, value in values.items()}

    def _one(self, name: str, pk: int | None) -> dict[str, Any] | None:
        return None if pk is None else {"id": pk, "name": self._names[name].get(pk, "")}


def value_of(device: Device, name: str) -> Any:
    """Return a field's value as an import compares and keeps it: relations as ids."""
    return getattr(device, attribute_of(name))


def attribute_of(name: str) -> str:
    """Return the attribute of a device that holds a field's value."""
    return f"{name}_id" if name in RELATED else name


def mark_of(device: Device) -> str:
    """Return a digest of all that an import may have set, to tell later whether somebody has changed it since."""
    text = json.dumps({name: value_of(device, name) for name in EDITABLE}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def store_changes(devices: list[Device], names: set[str]) -> None:
    """Store these fields of devices, of whom none moves to another customer."""
    now = timezone.now()
    for device in devices:
        device.updated_at = now
    columns = {*names, "updated_at", *(SWITCHED if "enabled" in names else ())}
    try:
        with transaction.atomic():
            Device.objects.bulk_update(devices, sorted(columns), batch_size=AT_ONCE)
    except IntegrityError as error:
        raise refusal(error) or Conflict("A device was changed by somebody else just now; look again.") from error


def drop_pinned(user: Any, device: Device, changed: Mapping[str, Any]) -> None:
    """Drop pinned host keys of a device that was pointed elsewhere, where there are any."""
    if not KEY_DROPPING.isdisjoint(changed) and HostKey.objects.filter(device=device).exists():
        drop_keys(user, device, list(changed))


def _switch(user: Any, new: list[Row], changed: list[Row]) -> None:
    """Note who switched devices off, and forget it where they are switched on."""
    off = [row.device for row in new if row.device is not None and not row.device.enabled]
    for device in (*off, *(row.device for row in changed if row.device is not None and "enabled" in row.before)):
        switch(user, device)


def _create(devices: list[Device]) -> None:
    try:
        with transaction.atomic():
            Device.objects.bulk_create(devices, batch_size=AT_ONCE)
    except IntegrityError as error:
        message = "Somebody made one of these devices just now; preview the file again."
        raise refusal(error) or Conflict(message) from error


def _creations(rows: list[Row], names: Names, data: Mapping[str, str]) -> Iterator[Change]:
    for row in rows:
        assert row.device is not None  # noqa: S101 - a new row has one
        values = {name: value_of(row.device, name) for name in EDITABLE}
        yield Change(obj=row.device, after=names.told(values), data=data)


def _updates(rows: list[Row], names: Names, data: Mapping[str, str]) -> Iterator[Change]:
    for row in rows:
        assert row.device is not None  # noqa: S101 - an update has one
        after = {name: value_of(row.device, name) for name in row.before}
        yield Change(obj=row.device, before=names.told(row.before), after=names.told(after), data=data)


def _pairs(row: Row) -> dict[str, list[Any]]:
    assert row.device is not None  # noqa: S101 - an update has one
    return {name: [old, value_of(row.device, name)] for name, old in row.before.items()}
