"""Storing what an import says, hundreds of devices at a time, with an audit row for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from webnet_core.access.guard_triggers import refusal
from webnet_core.audit.record import Change, record_many
from webnet_core.exceptions import Conflict
from webnet_core.inventory.drafts import EDITABLE, SWITCHED, DeviceDraft
from webnet_core.inventory.importing.known import parts
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.importing.verdicts import Verdict
from webnet_core.inventory.models import Device, HostKey
from webnet_core.inventory.repointing import KEY_DROPPING, drop_keys
from webnet_core.inventory.tags import store_tags

AT_ONCE = 500
_RELATED = ("site", "credential")


def apply_rows(user: Any, batch: ImportBatch, verdict: Verdict, proof: Mapping[str, str]) -> dict[str, Any]:
    """Store the devices of a verdict without errors, in the caller's transaction; return what undoing needs.

    Arguments:
        proof: for the audit, by what right new devices get a stored secret.

    Raises:
        Conflict: somebody made one of the new devices just now.
    """
    new, changed = list(verdict.drafts("new")), list(verdict.drafts("update"))
    made, altered = [draft for _, draft in new], [draft for _, draft in changed]
    _create([draft.device for draft in made])
    told = {"import": str(batch.pk)}
    store_drafts(user, batch.customer_id, altered, told)
    _store_tags(batch.customer_id, made)
    record_many(
        user, "devices.create", (Change(obj=one.device, after=one.told_after(), data={**told, **proof}) for one in made)
    )
    return {
        "created": [
            [draft.device.pk, row.number, row.hostname, mark_of(draft.device, draft.tags or {})] for row, draft in new
        ],
        "changed": [[row.device_id, row.number, row.hostname, pairs_of(draft)] for row, draft in changed],
    }


def store_drafts(user: Any, customer_id: int, drafts: list[DeviceDraft], told: Mapping[str, Any]) -> None:
    """Store changes of devices that are there, with an audit row for each and without pinned keys where they move."""
    if not drafts:
        return
    names = {name for draft in drafts for name in draft.changed}
    names |= set(SWITCHED) if "enabled" in names else set()
    now = timezone.now()
    for draft in drafts:
        draft.device.updated_at = now
    try:
        with transaction.atomic():
            devices = [draft.device for draft in drafts]
            Device.objects.bulk_update(devices, sorted({*names, "updated_at"}), batch_size=AT_ONCE)
    except IntegrityError as error:
        raise refusal(error) or Conflict("A device was changed by somebody else just now; look again.") from error
    _store_tags(customer_id, drafts)
    _drop_pinned(user, drafts)
    changes = (Change(obj=one.device, before=one.told_before(), after=one.told_after(), data=told) for one in drafts)
    record_many(user, "devices.update", changes)


def value_of(device: Device, name: str) -> Any:
    """Return a field's value as an import keeps it: relations as ids."""
    return getattr(device, f"{name}_id" if name in _RELATED else name)


def mark_of(device: Device, tags: Mapping[str, str]) -> str:
    """Return a digest of all that an import may have set, to tell later whether somebody has changed it since."""
    text = json.dumps(
        [{name: value_of(device, name) for name in (*EDITABLE, "disabled_reason")}, dict(tags)], sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def pairs_of(draft: DeviceDraft) -> dict[str, list[Any]]:
    """Return the old and the new value of each field that a draft changes, relations as ids."""
    pairs = {name: [_kept(name, draft.before.get(name)), value_of(draft.device, name)] for name in draft.changed}
    if draft.tags is not None:
        pairs["tags"] = [dict(draft.tags_before), dict(draft.tags)]
    return pairs


def _kept(name: str, told: Any) -> Any:
    return told["id"] if name in _RELATED and told is not None else told


def _create(devices: list[Device]) -> None:
    try:
        with transaction.atomic():
            Device.objects.bulk_create(devices, batch_size=AT_ONCE)
    except IntegrityError as error:
        message = "Somebody made one of these devices just now; preview the file again."
        raise refusal(error) or Conflict(message) from error


def _store_tags(customer_id: int, drafts: Iterable[DeviceDraft]) -> None:
    for part in parts(draft for draft in drafts if draft.tags is not None):
        store_tags(customer_id, {draft.device.pk: draft.tags for draft in part})


def _drop_pinned(user: Any, drafts: Iterable[DeviceDraft]) -> None:
    """Drop pinned host keys of devices that were pointed elsewhere, as far as they have any."""
    moved = [draft for draft in drafts if not KEY_DROPPING.isdisjoint(draft.changed)]
    for part in parts(moved):
        rows = HostKey.objects.filter(device_id__in=[draft.device.pk for draft in part])
        pinned = set(rows.values_list("device_id", flat=True))
        for draft in part:
            if draft.device.pk in pinned:
                drop_keys(user, draft.device, draft.changed)
