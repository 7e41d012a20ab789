"""Taking an import back: what it made goes, what it changed is as it was, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import Change, record, record_many
from webnet_core.blobs.store import get
from webnet_core.exceptions import Conflict
from webnet_core.inventory.drafts import EDITABLE, DeviceDraft, draft_device
from webnet_core.inventory.importing.applying import mark_of, store_drafts, value_of
from webnet_core.inventory.importing.known import Known, parts
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.tables import CellError, cell_error
from webnet_core.inventory.leases import holders
from webnet_core.inventory.models import Device
from webnet_core.inventory.tags import tags_of

# How long an import may be taken back.
UNDO_LIFE = timedelta(hours=24)
_DELETED_AT_ONCE = 500
_NAMED = 10


class UndoRefused(Conflict):
    """Some devices of this import cannot be taken back, so none was; see the errors."""

    errors: Sequence[CellError]


def may_undo(batch: ImportBatch) -> bool:
    """Say whether an import can still be taken back, as far as it alone tells."""
    committed = batch.committed_at
    return (
        batch.state == ImportState.COMMITTED
        and batch.outcome_id is not None
        and committed is not None
        and committed >= timezone.now() - UNDO_LIFE
    )


def undo_import(user: Any, batch: ImportBatch) -> ImportBatch:
    """Remove the devices that an import made and restore those that it changed.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in the customer.
        UndoRefused: devices were changed since, have been in jobs, are gone, or would send a stored secret elsewhere;
            `errors` names each.
        Conflict: the import was not committed, was taken back already, or is too old.
    """
    require(user, "devices.edit", batch.customer_id)
    with transaction.atomic():
        fresh = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if not may_undo(fresh) or fresh.outcome is None:
            hours = int(UNDO_LIFE.total_seconds() // 3600)
            raise Conflict(f"Only an import that was committed in the last {hours} hours can be undone, and only once.")
        _Undo(user, fresh, json.loads(get(fresh.outcome))).run()
        fresh.state, fresh.undone_at = ImportState.UNDONE, timezone.now()
        fresh.save(update_fields=["state", "undone_at"])
        record(user, "devices.import_undo", fresh, data={"import": str(fresh.pk), "counts": fresh.counts})
    return fresh


class _Undo:
    def __init__(self, user: Any, batch: ImportBatch, outcome: Mapping[str, Any]) -> None:
        self.user, self.batch = user, batch
        self.created: list[list[Any]] = outcome["created"]
        self.changed: list[list[Any]] = outcome["changed"]
        self.known = Known(batch.customer_id)
        ids = [item[0] for item in (*self.created, *self.changed)]
        self.devices = {device.pk: device for part in parts(ids) for device in self.known.placed(_locked(part))}
        self.tags = {pk: tags for part in parts(ids) for pk, tags in tags_of(part).items()}
        self.told = {"import": str(batch.pk), "undo": True}

    def run(self) -> None:
        """Check every device, then do it."""
        errors = list(self._unremovable())
        drafts = [draft for item in self.changed if (draft := self._restored(item, errors)) is not None]
        if errors:
            errors.sort(key=lambda error: error.row)
            named = ", ".join(dict.fromkeys(error.value for error in errors[:_NAMED]))
            message = f"{len(errors)} devices cannot be taken back: {named}. Nothing was undone."
            raise UndoRefused(message, errors=errors)
        store_drafts(self.user, self.batch.customer_id, drafts, self.told)
        self._remove()

    def _unremovable(self) -> Iterator[CellError]:
        ids = [item[0] for item in self.created]
        in_jobs = {pk for part in parts(ids) for pk in _in_jobs(part)}
        held = {pk: text for part in parts(ids) for pk, text in holders(part).items()}
        for pk, number, hostname, mark in self.created:
            device = self.devices.get(pk)
            if device is None:
                yield _refused(number, hostname, "It is not there any more.", "gone")
            elif mark_of(device, self.tags.get(pk, {})) != mark or pk in self.known.tried:
                yield _refused(number, hostname, "It was changed since.", "changed")
            elif pk in in_jobs:
                yield _refused(number, hostname, "Jobs have run on it.", "has_jobs")
            elif pk in held:
                yield _refused(number, hostname, f"It is {held[pk]}.", "held")

    def _restored(self, item: Sequence[Any], errors: list[CellError]) -> DeviceDraft | None:
        """Return a device as it was before the import; None, and the error, where it cannot be so again."""
        pk, number, hostname, pairs = item
        device = self.devices.get(pk)
        if device is None:
            errors.append(_refused(number, hostname, "It is not there any more.", "gone"))
            return None
        if any(self._value(device, name) != new for name, (_, new) in pairs.items()):
            errors.append(_refused(number, hostname, "It was changed since.", "changed"))
            return None
        held = self.known.holds_secret(device)
        before = {name: old for name, (old, _) in pairs.items()}
        draft = draft_device(self.user, device, before, self.known.references, tags=self.tags.get(pk, {}))
        if draft.repoints and (held or self.known.holds_secret(device)):
            message = "It holds a stored secret by now, which undoing would send elsewhere."
            errors.append(_refused(number, hostname, message, "repoints"))
        errors += [_refused(number, hostname, f"{wrong.path}: {wrong.message}", wrong.code) for wrong in draft.errors]
        return draft

    def _value(self, device: Device, name: str) -> Any:
        return self.tags.get(device.pk, {}) if name == "tags" else value_of(device, name)

    def _remove(self) -> None:
        rows = [self.devices[item[0]] for item in self.created]
        changes = (Change(obj=row, before=row_values(row, EDITABLE), data=self.told) for row in rows)
        record_many(self.user, "devices.delete", changes)
        for part in parts([device.pk for device in rows], _DELETED_AT_ONCE):
            try:
                Device.objects.filter(pk__in=part).delete()
            except (ProtectedError, RestrictedError) as error:
                raise UndoRefused(_in_use(error), errors=()) from error


def _in_use(error: ProtectedError | RestrictedError) -> str:
    found: Iterable[Any] = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
    used = ", ".join(sorted({f"{item._meta.verbose_name} {item}" for item in found})[:_NAMED])
    return f"Devices of this import are used by {used}. Nothing was undone."


def _locked(ids: Sequence[int]) -> Iterable[Device]:
    return Device.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")


def _in_jobs(ids: Sequence[int]) -> Iterable[int]:
    return Device.objects.filter(pk__in=ids, results__isnull=False).values_list("pk", flat=True).distinct()


def _refused(row: int, hostname: str, message: str, code: str) -> CellError:
    return cell_error(row, "hostname", message, code, value=hostname)
