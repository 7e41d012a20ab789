"""Many devices in one act: made, changed or removed, all or none, by the rules of one and with errors by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from webnet_core.access.guard_triggers import refusal
from webnet_core.access.permissions import require
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import Change, record_many
from webnet_core.exceptions import Conflict, FieldError, InvalidInput
from webnet_core.inventory.criteria import possible_ids
from webnet_core.inventory.devices import OPEN_HOSTS
from webnet_core.inventory.drafts import EDITABLE, DeviceDraft, draft_device, taken_names
from webnet_core.inventory.leases import holders
from webnet_core.inventory.models import Device
from webnet_core.inventory.references import References
from webnet_core.inventory.repointing import KEY_DROPPING, allow, drop_keys
from webnet_core.inventory.selections import read_selection
from webnet_core.inventory.tags import store_tags, tags_of

MOST_NEW = 1000
MOST = 10_000
_BATCH = 500
_MOST_ERRORS = 1000
_NAMED = 5
_SWITCH = ("disabled_by", "disabled_at")


def create_devices(user: Any, customer_id: int, rows: Sequence[Mapping[str, Any]]) -> list[Device]:
    """Make devices of one customer.

    Arguments:
        rows: the values of each, see `drafts.draft_device`; at most `MOST_NEW`.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in the customer.
        ReauthenticationRequired: a stored secret would be sent to one of them.
        InvalidInput: every error of every device, its path beginning with ``devices.<place>``.
    """
    require(user, "devices.edit", customer_id)
    _refuse_number(len(rows), MOST_NEW, "devices")
    references = References(customer_id)
    with transaction.atomic():
        drafts = [draft_device(user, Device(customer_id=customer_id), values, references) for values in rows]
        _refuse(drafts, "devices")
        proof = allow(user, customer_id, repointing=any(draft.repoints for draft in drafts))
        told = [draft.told_after() for draft in drafts]
        made = _stored([draft.device for draft in drafts])
        store_tags(customer_id, {draft.device.pk: draft.tags for draft in drafts if draft.tags is not None})
        changes = (Change(obj=row, after=after, data=proof) for row, after in zip(made, told, strict=True))
        record_many(user, "devices.create", changes)
    return made


def update_devices(
    user: Any, device_ids: Sequence[int], changes: Mapping[str, Any], *, customer_id: int | None = None
) -> list[Device]:
    """Make the same changes to devices of one customer; return those that differ now.

    Arguments:
        device_ids: at most `MOST`; see `meant_by` for those of a selection.
        changes: see `drafts.draft_device`.
        customer_id: the customer meant, where one was named.

    Raises:
        PermissionDenied: the user lacks ``devices.edit``, or ``devices.repoint`` where one is pointed elsewhere.
        ReauthenticationRequired: one is pointed elsewhere, and the password was not entered again.
        InvalidInput: a device is unknown, or every error of every device; the path of an error that all of them have
            begins with ``changes``, any other with ``device_ids.<place>``.
    """
    if not changes:
        raise InvalidInput.at("changes", "Name at least one change.", "empty")
    with transaction.atomic():
        rows = _locked(user, device_ids, customer_id)
        owner = rows[0].customer_id
        there = tags_of(device_ids) if "tags" in changes else {}
        references = References(owner)
        drafts = [draft_device(user, row, changes, references, tags=there.get(row.pk, {})) for row in rows]
        _refuse(drafts, "device_ids", shared="changes")
        changed = [draft for draft in drafts if draft.is_change]
        proof = allow(user, owner, repointing=any(draft.repoints for draft in changed))
        _update(changed)
        record_many(user, "devices.update", (_told(draft, proof) for draft in changed))
        for draft in changed:
            if draft.repoints and not KEY_DROPPING.isdisjoint(draft.changed):
                drop_keys(user, draft.device, draft.changed)
    return [draft.device for draft in changed]


def delete_devices(user: Any, device_ids: Sequence[int], *, customer_id: int | None = None) -> int:
    """Remove devices of one customer; results of their jobs stay under their names. Return how many there were.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in their customer.
        InvalidInput: a device is unknown.
        Conflict: jobs work on some of them, somebody holds a lease, or something else needs them; `errors` says which.
    """
    with transaction.atomic():
        rows = _locked(user, device_ids, customer_id)
        _refuse_busy(rows)
        record_many(user, "devices.delete", (Change(obj=row, before=row_values(row, EDITABLE)) for row in rows))
        try:
            with transaction.atomic():
                Device.objects.filter(pk__in=[row.pk for row in rows]).delete()
        except ProtectedError as error:
            needed = sorted(error.protected_objects, key=str)
            names = ", ".join(f"{item._meta.verbose_name} {item}" for item in needed[:_NAMED])
            raise Conflict(f"Some of these devices are used by {names}.", count=len(needed)) from error
    return len(rows)


def meant_by(user: Any, *, device_ids: Sequence[int] | None = None, selection: UUID | None = None) -> Sequence[int]:
    """Return the ids that somebody named, or those of a frozen selection: exactly one of the two is given.

    Raises:
        InvalidInput: none or both are given, or the selection has expired.
    """
    if (device_ids is None) == (selection is None):
        raise InvalidInput.at("device_ids", "Name the devices with device_ids or with selection.", "required")
    if selection is not None:
        return read_selection(user, selection, path="selection")
    return device_ids or ()


def _locked(user: Any, device_ids: Sequence[int], customer_id: int | None) -> list[Device]:
    """Lock the devices and return them in the order of their ids as given."""
    _refuse_number(len(device_ids), MOST, "device_ids")
    rows = Device.objects.for_user(user, "devices.edit").filter(pk__in=possible_ids(device_ids))
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    locked = rows.select_related("site", "credential").select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in locked}
    if errors := [*_unknown(device_ids, found)]:
        raise InvalidInput(_summary(len(errors)), errors=errors[:_MOST_ERRORS])
    customers = {row.customer_id for row in found.values()}
    if len(customers) > 1:
        message = f"The devices belong to {len(customers)} customers; an act is for one customer's."
        raise InvalidInput.at("device_ids", message, "several_customers")
    require(user, "devices.edit", customers.pop())
    return [found[pk] for pk in device_ids]


def _unknown(device_ids: Sequence[int], found: Mapping[int, Device]) -> Iterator[FieldError]:
    seen: set[int] = set()
    for place, pk in enumerate(device_ids):
        path = f"device_ids.{place}"
        if pk not in found:
            yield FieldError(path=path, message=f"There is no device {pk} that you may edit.", code="unknown_device")
        elif pk in seen:
            yield FieldError(path=path, message=f"Device {pk} is named twice.", code="duplicate")
        seen.add(pk)


def _refuse_number(number: int, most: int, path: str) -> None:
    if not 0 < number <= most:
        raise InvalidInput.at(path, f"Name 1 to {most} devices at a time, not {number}.", "number")


def _refuse(drafts: Sequence[DeviceDraft], path: str, *, shared: str = "") -> None:
    """Refuse drafts with errors; one that every draft has is told once, below `shared`."""
    taken = taken_names(drafts)
    by_place = [[*draft.errors, *([taken[place]] if place in taken else [])] for place, draft in enumerate(drafts)]
    common = set.intersection(*map(set, by_place)) if shared else set()
    found = [replace(error, path=f"{shared}.{error.path}") for error in by_place[0] if error in common]
    for place, errors in enumerate(by_place):
        found += [replace(error, path=f"{path}.{place}.{error.path}") for error in errors if error not in common]
    if found:
        raise InvalidInput(_summary(len(found)), errors=found[:_MOST_ERRORS])


def _summary(number: int) -> str:
    more = f"; the first {_MOST_ERRORS} are named" if number > _MOST_ERRORS else ""
    return f"Nothing was changed: {number} {'error' if number == 1 else 'errors'}{more}."


def _stored(devices: Sequence[Device]) -> list[Device]:
    try:
        with transaction.atomic():
            return Device.objects.bulk_create(devices, batch_size=_BATCH)
    except IntegrityError as error:
        raise _clashed(error) from error


def _update(changed: Sequence[DeviceDraft]) -> None:
    """Store the drafts: a column that changes has the same new value in all of them."""
    if not changed:
        return
    now = timezone.now()
    columns: dict[str, Any] = {name: getattr(draft.device, name) for draft in changed for name in draft.changed}
    switched = [draft for draft in changed if "enabled" in draft.changed]
    try:
        with transaction.atomic():
            rows = Device.objects.filter(pk__in=[draft.device.pk for draft in changed])
            rows.update(**columns, updated_at=now)
            if switched:
                values = {name: getattr(switched[0].device, name) for name in _SWITCH}
                Device.objects.filter(pk__in=[draft.device.pk for draft in switched]).update(**values)
    except IntegrityError as error:
        raise _clashed(error) from error
    for draft in changed:
        draft.device.updated_at = now
    tags = {draft.device.pk: draft.tags for draft in changed if draft.tags is not None}
    if tags:
        store_tags(changed[0].device.customer_id, tags)


def _told(draft: DeviceDraft, proof: Mapping[str, Any]) -> Change:
    told = proof if draft.repoints else {}
    return Change(obj=draft.device, before=draft.told_before(), after=draft.told_after(), data=told)


def _clashed(error: IntegrityError) -> InvalidInput | Conflict:
    if refused := refusal(error):
        return refused
    return Conflict("One of these devices was stored by somebody else just now; look again.")


def _refuse_busy(rows: Sequence[Device]) -> None:
    ids = [row.pk for row in rows]
    open_jobs = Device.objects.filter(pk__in=ids, results__status__in=OPEN_HOSTS)
    jobs = dict(open_jobs.values_list("pk", "results__job_id"))
    held = holders(ids)
    errors = []
    for place, row in enumerate(rows):
        reason = f"job {jobs[row.pk]} works on it" if row.pk in jobs else str(held.get(row.pk, ""))
        if reason:
            errors.append(FieldError(path=f"device_ids.{place}", message=f"{row}: {reason}.", code="busy"))
    if errors:
        message = f"Nothing was removed: {len(errors)} of these devices are in use; cancel the jobs or wait."
        raise Conflict(message, errors=errors[:_MOST_ERRORS])
