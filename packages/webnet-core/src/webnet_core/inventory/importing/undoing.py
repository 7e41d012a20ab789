"""Taking an import back: what it made goes, what it changed is as it was, all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.audit.record import Change, record, record_many
from webnet_core.blobs.store import get
from webnet_core.exceptions import Conflict
from webnet_core.inventory.drafts import EDITABLE, switch
from webnet_core.inventory.importing.applying import (
    Names,
    attribute_of,
    drop_pinned,
    mark_of,
    store_changes,
    value_of,
)
from webnet_core.inventory.importing.checking import Known
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.tables import CellError, cell_error
from webnet_core.inventory.leases import holders
from webnet_core.inventory.models import Device, DeviceCredential
from webnet_core.inventory.repointing import points_elsewhere

# How long an import may be taken back.
UNDO_LIFE = timedelta(hours=24)
_AT_ONCE = 2000
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
        ids = [item[0] for item in (*self.created, *self.changed)]
        self.devices = {device.pk: device for part in parts(ids) for device in _locked(part)}
        self.told = {"import": str(batch.pk), "undo": True}

    def run(self) -> None:
        """Check every device, then do it."""
        errors = sorted((*self._unremovable(), *self._unrestorable()), key=lambda error: error.row)
        if errors:
            named = ", ".join(dict.fromkeys(error.value for error in errors[:_NAMED]))
            raise UndoRefused(
                f"{len(errors)} devices cannot be taken back: {named}. Nothing was undone.", errors=errors
            )
        names = Names(self.batch.customer_id)
        self._restore(names)
        self._remove(names)

    def _unremovable(self) -> Iterator[CellError]:
        ids = [item[0] for item in self.created]
        in_jobs = {pk for part in parts(ids) for pk in _in_jobs(part)}
        held = {pk: text for part in parts(ids) for pk, text in holders(part).items()}
        logins = DeviceCredential.objects.filter(device__customer_id=self.batch.customer_id)
        tried = set(logins.values_list("device_id", flat=True))
        for pk, number, hostname, mark in self.created:
            device = self.devices.get(pk)
            if device is None:
                yield _refused(number, hostname, "It is not there any more.", "gone")
            elif mark_of(device) != mark or pk in tried:
                yield _refused(number, hostname, "It was changed since.", "changed")
            elif pk in in_jobs:
                yield _refused(number, hostname, "Jobs have run on it.", "has_jobs")
            elif pk in held:
                yield _refused(number, hostname, f"It is {held[pk]}.", "held")

    def _unrestorable(self) -> Iterator[CellError]:
        known = Known(self.batch.customer_id)
        for pk, number, hostname, pairs in self.changed:
            device = self.devices.get(pk)
            if device is None:
                yield _refused(number, hostname, "It is not there any more.", "gone")
            elif any(value_of(device, name) != new for name, (_, new) in pairs.items()):
                yield _refused(number, hostname, "It was changed since.", "changed")
            elif self._gone(known, pairs):
                yield _refused(number, hostname, "Its site or credential of before is not there any more.", "gone")
            elif self._sends_secret(known, device, pairs):
                message = "It holds a stored secret by now, which undoing would send elsewhere."
                yield _refused(number, hostname, message, "repoints")

    def _gone(self, known: Known, pairs: Mapping[str, Sequence[Any]]) -> bool:
        return any(
            old is not None and old not in known.by_id[name] for name, (old, _) in pairs.items() if name in known.by_id
        )

    def _sends_secret(self, known: Known, device: Device, pairs: Mapping[str, Sequence[Any]]) -> bool:
        old = {name: pair[0] for name, pair in pairs.items()}
        if not points_elsewhere(device, old):
            return False
        after = old.get("site", device.site_id), old.get("credential", device.credential_id)
        now = device.site_id, device.credential_id
        return known.holds_secret(device.pk, *now) or known.holds_secret(device.pk, *after)

    def _restore(self, names: Names) -> None:
        restored: list[Device] = []
        changes: list[Change] = []
        for pk, _number, _hostname, pairs in self.changed:
            device = self.devices[pk]
            before = {name: value_of(device, name) for name in pairs}
            after = {name: pair[0] for name, pair in pairs.items()}
            for name, value in after.items():
                setattr(device, attribute_of(name), value)
            if "enabled" in after:
                switch(self.user, device)
            restored.append(device)
            changes.append(Change(obj=device, before=names.told(before), after=names.told(after), data=self.told))
        if restored:
            store_changes(restored, {name for item in self.changed for name in item[3]})
        for device, item in zip(restored, self.changed, strict=True):
            drop_pinned(self.user, device, item[3])
        record_many(self.user, "devices.update", changes)

    def _remove(self, names: Names) -> None:
        rows = [self.devices[item[0]] for item in self.created]
        record_many(self.user, "devices.delete", (self._removal(device, names) for device in rows))
        for part in parts([device.pk for device in rows], _DELETED_AT_ONCE):
            try:
                Device.objects.filter(pk__in=part).delete()
            except (ProtectedError, RestrictedError) as error:
                named = "protected_objects" if isinstance(error, ProtectedError) else "restricted_objects"
                found: Iterable[Any] = getattr(error, named)
                used = ", ".join(sorted({f"{item._meta.verbose_name} {item}" for item in found})[:_NAMED])
                raise UndoRefused(
                    f"Devices of this import are used by {used}. Nothing was undone.", errors=()
                ) from error

    def _removal(self, device: Device, names: Names) -> Change:
        values = {name: value_of(device, name) for name in EDITABLE}
        return Change(obj=device, before=names.told(values), data=self.told)


def parts(ids: Iterable[int], size: int = _AT_ONCE) -> Iterator[list[int]]:
    """Yield the ids in parts that fit into one query."""
    waiting = iter(ids)
    while part := list(islice(waiting, size)):
        yield part


def _locked(ids: Sequence[int]) -> Iterable[Device]:
    return Device.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")


def _in_jobs(ids: Sequence[int]) -> Iterable[int]:
    return Device.objects.filter(pk__in=ids, results__isnull=False).values_list("pk", flat=True).distinct()


def _refused(row: int, hostname: str, message: str, code: str) -> CellError:
    return cell_error(row, "hostname", message, code, value=hostname)
