"""Finding, making, changing and removing devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.access.validation import delete_unused, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.inventory.criteria import FILTERS, Criteria, matching
from webnet_core.inventory.drafts import EDITABLE, DeviceDraft, draft_device, taken_names
from webnet_core.inventory.groups import in_group
from webnet_core.inventory.leases import holders
from webnet_core.inventory.models import Device
from webnet_core.inventory.references import References
from webnet_core.inventory.repointing import allow, drop_keys
from webnet_core.inventory.tags import store_tags, tags_of
from webnet_core.plugins.registry import registry

ORDERINGS: Mapping[str, str] = {
    "id": "pk",
    "hostname": "hostname",
    "mgmt_ip": "mgmt_ip",
    "platform": "platform",
    "role": "role",
    "site": "site__name",
    "enabled": "enabled",
    "reachability_status": "reachability",
    "last_seen": "last_seen",
    "created_at": "created_at",
    "updated_at": "updated_at",
}
OPEN_HOSTS = ("pending", "running")


def find_devices(user: Any, filters: Mapping[str, Any]) -> ScopedQuerySet[Device]:
    """Return the devices the user sees that match every filter.

    Arguments:
        filters: any of site (id or name), role, vendor, platform, hostname, tag, group (id or name), reachability,
            enabled, search (part of name, address or serial); `ordering` is one of `ORDERINGS`, with a minus before it
            the other way round.
    """
    rows = Device.objects.for_user(user).order_by(*order_of(filters.get("ordering") or "hostname"))
    named = {name: filters[name] for name in FILTERS if filters.get(name) is not None}
    if named:
        rows = rows.filter(matching(Criteria.model_construct(**named)))
    if (group := filters.get("group")) is not None:
        inside = in_group(user, group)
        rows = rows.none() if inside is None else rows.filter(inside)
    if search := filters.get("search"):
        found = Q(hostname__icontains=search) | Q(mgmt_ip__icontains=search) | Q(serial__icontains=search)
        rows = rows.filter(found)
    for name in ("reachability", "enabled"):
        if filters.get(name) is not None:
            rows = rows.filter(**{name: filters[name]})
    return rows


def order_of(ordering: str) -> tuple[str, ...]:
    """Return the columns to order devices by; no two devices are equal in all of them."""
    name = ordering.removeprefix("-")
    minus = "-" if ordering.startswith("-") else ""
    columns = [ORDERINGS[name]] if name in {"id", "hostname"} else [ORDERINGS[name], "hostname"]
    return tuple(f"{minus}{column}" for column in dict.fromkeys([*columns, "pk"]))


def vendor_of(platform: str) -> str:
    """Return the vendor of a platform; empty where no plugin knows it any more."""
    found = registry("platforms")
    return str(found[platform].vendor) if platform in found else ""


def disabled_text(device: Device) -> str:
    """Return that a device is disabled, with who disabled it, when and why, as far as is known."""
    who = f" by {device.disabled_by}" if device.disabled_by else ""
    when = f" on {timezone.localtime(device.disabled_at):%Y-%m-%d}" if device.disabled_at else ""
    why = f": {device.disabled_reason}" if device.disabled_reason else ""
    return f"the device is disabled{who}{when}{why}"


def create_device(user: Any, customer_id: int, values: Mapping[str, Any]) -> Device:
    """Make a device.

    Arguments:
        values: see `drafts.draft_device`.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in the customer.
        ReauthenticationRequired: a stored secret would be sent to it; see `stepup.require_repoint`.
        InvalidInput: every field that is wrong, or names something that the customer does not have.
    """
    require(user, "devices.edit", customer_id)
    with transaction.atomic():
        draft = draft_device(user, Device(customer_id=customer_id), values, References(customer_id))
        _refuse(draft)
        proof = allow(user, customer_id, repointing=draft.repoints)
        after = draft.told_after()
        save_valid(draft.device)
        _store_tags(draft)
        record(user, "devices.create", draft.device, after=after, data=proof)
    return draft.device


def update_device(user: Any, device: Device, values: Mapping[str, Any], *, act: str = "devices.update") -> Device:
    """Change a device. Another address, port or credential drops the pinned host keys; jobs wait for an accepted one.

    Arguments:
        values: as for `create_device`.
        act: what the audit calls it.

    Raises:
        PermissionDenied: the user lacks ``devices.edit``, or ``devices.repoint`` where it is pointed elsewhere.
        ReauthenticationRequired: it is pointed elsewhere; see `stepup.require_repoint`.
        InvalidInput: as for `create_device`.
    """
    require(user, "devices.edit", device.customer_id)
    with transaction.atomic():
        fresh = Device.objects.select_for_update().get(pk=device.pk)
        there = tags_of([fresh.pk]).get(fresh.pk, {}) if "tags" in values else {}
        draft = draft_device(user, fresh, values, References(fresh.customer_id), tags=there)
        _refuse(draft)
        proof = allow(user, fresh.customer_id, repointing=draft.repoints)
        if draft.is_change:
            save_valid(fresh)
            _store_tags(draft)
            record(user, act, fresh, before=draft.told_before(), after=draft.told_after(), data=proof)
        drop_keys(user, fresh, draft.changed)
    return fresh


def disable_device(user: Any, device: Device, reason: str = "") -> Device:
    """Leave a device out of every target until it is enabled again.

    Arguments:
        reason: shown wherever the device is left out, at most 200 characters.

    Raises:
        PermissionDenied, InvalidInput: as for `update_device`.
    """
    values = {"enabled": False, "disabled_reason": reason} if reason else {"enabled": False}
    return update_device(user, device, values, act="devices.disable")


def enable_device(user: Any, device: Device) -> Device:
    """Let jobs run on a device again; see `disable_device`."""
    return update_device(user, device, {"enabled": True}, act="devices.enable")


def delete_device(user: Any, device: Device) -> None:
    """Remove a device; results of its jobs stay under its name.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in its customer.
        Conflict: a job works on it, somebody holds its lease, or something else needs it.
    """
    require(user, "devices.edit", device.customer_id)
    with transaction.atomic():
        row = Device.objects.select_for_update().get(pk=device.pk)
        busy = row.results.filter(status__in=OPEN_HOSTS).values_list("job_id", flat=True).first()
        if busy is not None:
            used_by = [{"type": "webnet_core.job", "id": busy, "name": f"job {busy}"}]
            raise Conflict(f"Job {busy} works on {row}; cancel it or wait for its end.", used_by=used_by)
        if held := holders([row.pk]).get(row.pk):
            raise Conflict(f"{row} is {held}; wait until it is given back.")
        record(user, "devices.delete", row, before=row_values(row, EDITABLE))
        delete_unused(row)


def _refuse(draft: DeviceDraft) -> None:
    errors = [*draft.errors, *taken_names([draft]).values()]
    if errors:
        raise InvalidInput(errors=errors)


def _store_tags(draft: DeviceDraft) -> None:
    if draft.tags is not None:
        store_tags(draft.device.customer_id, {draft.device.pk: draft.tags})
