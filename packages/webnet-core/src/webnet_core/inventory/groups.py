"""Groups of devices: members that somebody named, or a filter that says who belongs to it just now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, Value, When

from webnet_core.access.editing import differing, store_changes
from webnet_core.access.permissions import require
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, FieldError, InvalidInput
from webnet_core.inventory.criteria import Criteria, as_id, matching, parse_as, possible_ids
from webnet_core.inventory.models import Device, DeviceGroup

EDITABLE = ("name", "description", "filter")
_MEMBERS = DeviceGroup.members.through
_GROUPS_A_QUERY = 100
_INSIDE, _NOT = Value(1), Value(0)


class DynamicGroup(Conflict):
    """A filter says who belongs to this group; change the filter, or make a group without one."""


def create_group(user: Any, customer_id: int, values: Mapping[str, Any]) -> DeviceGroup:
    """Make a group.

    Arguments:
        values: any of `EDITABLE`; a `filter` (see `criteria.Criteria`) makes it dynamic.

    Raises:
        PermissionDenied: the user lacks ``groups.edit`` in the customer.
        InvalidInput: a field is wrong or the name is taken.
    """
    require(user, "groups.edit", customer_id)
    _check(values)
    with transaction.atomic():
        group = DeviceGroup(customer_id=customer_id, **values)
        save_valid(group)
        record(user, "groups.create", group, after=row_values(group, EDITABLE))
    return group


def update_group(user: Any, group: DeviceGroup, values: Mapping[str, Any]) -> DeviceGroup:
    """Change a group. A static one with members becomes dynamic only when it has none left.

    Raises:
        PermissionDenied: the user lacks ``groups.edit`` in its customer.
        InvalidInput: as for `create_group`.
        Conflict: it has members and was to get a filter.
    """
    require(user, "groups.edit", group.customer_id)
    _check(values)
    with transaction.atomic():
        fresh = DeviceGroup.objects.select_for_update().get(pk=group.pk)
        changed = differing(fresh, values)
        if changed.get("filter") is not None and fresh.members.exists():
            raise Conflict(f"{fresh} has members; remove them before a filter says who belongs to it.")
        store_changes(user, "groups.update", fresh, changed)
    return fresh


def delete_group(user: Any, group: DeviceGroup) -> None:
    """Remove a group; its devices stay.

    Raises:
        PermissionDenied: the user lacks ``groups.edit`` in its customer.
        Conflict: something needs it.
    """
    require(user, "groups.edit", group.customer_id)
    with transaction.atomic():
        record(user, "groups.delete", group, before=row_values(group, EDITABLE))
        delete_unused(group)


def add_members(user: Any, group: DeviceGroup, device_ids: Sequence[int]) -> int:
    """Put devices into a static group; return how many were not in it.

    Raises:
        PermissionDenied: the user lacks ``groups.edit`` in its customer.
        InvalidInput: an id is no device of the group's customer.
        DynamicGroup: a filter says who belongs to it.
    """
    return _set_members(user, group, device_ids, keep=True)


def set_members(user: Any, group: DeviceGroup, device_ids: Sequence[int]) -> int:
    """Make these devices the members of a static group, and no others; see `add_members`."""
    return _set_members(user, group, device_ids, keep=False)


def remove_member(user: Any, group: DeviceGroup, device: Device) -> bool:
    """Take a device out of a static group; return whether it was in it.

    Raises:
        PermissionDenied, DynamicGroup: as for `add_members`.
    """
    require(user, "groups.edit", group.customer_id)
    with transaction.atomic():
        _static(group)
        there = bool(_MEMBERS.objects.filter(devicegroup=group, device=device).delete()[0])
        if there:
            record(user, "groups.members", group, data={"removed": [device.hostname], "removed_count": 1})
    return there


def devices_in(user: Any, group: DeviceGroup) -> ScopedQuerySet[Device]:
    """Return the devices of a group among those that the user sees."""
    rows = Device.objects.for_user(user).filter(customer_id=group.customer_id)
    return rows.filter(_belonging(group))


def in_group(user: Any, group: str | int, *, action: str = "view") -> Q | None:
    """Return the condition for devices in the group of this name or id; None where the user has no such group.

    A name that several customers use means each one's own group.
    """
    rows = DeviceGroup.objects.for_user(user, action)
    if isinstance(group, int):
        found = rows.filter(pk__in=possible_ids([group]))
    else:
        number = as_id(group)
        found = rows.filter(Q(name=group) if number is None else Q(name=group) | Q(pk=number))
    conditions = [Q(customer_id=row.customer_id) & _belonging(row) for row in found]
    if not conditions:
        return None
    whole = conditions[0]
    for other in conditions[1:]:
        whole |= other
    return whole


def inside(group: DeviceGroup, device_ids: Collection[int]) -> set[int]:
    """Return which of these devices belong to a group, whoever asks; none where its filter cannot be read any more."""
    found = _readable(group)
    rows = Device.objects.filter(pk__in=device_ids, customer_id=group.customer_id)
    return set() if found is None else set(rows.filter(found).values_list("pk", flat=True))


def groups_of(devices: Sequence[Device]) -> dict[int, list[str]]:
    """Return the names of each device's groups, sorted; devices without any are absent.

    Two queries, and one for every hundred dynamic groups, however many devices there are.
    """
    ids = [device.pk for device in devices]
    found: dict[int, list[str]] = {}
    members = _MEMBERS.objects.filter(device_id__in=ids, devicegroup__filter__isnull=True)
    for device_id, name in members.values_list("device_id", "devicegroup__name"):
        found.setdefault(device_id, []).append(name)
    customers = {device.customer_id for device in devices}
    dynamic = list(DeviceGroup.objects.filter(customer_id__in=customers, filter__isnull=False))
    for start in range(0, len(dynamic), _GROUPS_A_QUERY):
        for device_id, names in _in_dynamic(ids, dynamic[start : start + _GROUPS_A_QUERY]):
            found.setdefault(device_id, []).extend(names)
    return {device_id: sorted(names) for device_id, names in found.items()}


def _in_dynamic(ids: Sequence[int], groups: Sequence[DeviceGroup]) -> Iterator[tuple[int, list[str]]]:
    inside = {
        f"in_{group.pk}": Case(When(Q(customer_id=group.customer_id) & found, then=_INSIDE), default=_NOT)
        for group in groups
        if (found := _readable(group)) is not None
    }
    named = {f"in_{group.pk}": group.name for group in groups}
    rows = Device.objects.filter(pk__in=ids).order_by().annotate(**inside).values_list("pk", *inside)
    for device_id, *belongs in rows:
        if names := [named[name] for name, there in zip(inside, belongs, strict=True) if there]:
            yield device_id, names


def _belonging(group: DeviceGroup) -> Q:
    if not group.dynamic:
        return Q(pk__in=_MEMBERS.objects.filter(devicegroup=group).values("device_id"))
    return matching(parse_as(Criteria, group.filter, f"group {group.name}"))


def _readable(group: DeviceGroup) -> Q | None:
    try:
        return _belonging(group)
    except InvalidInput:  # written by a version that knew other filters; nobody else's groups suffer for it
        return None


def _check(values: Mapping[str, Any]) -> None:
    refuse_unknown(values, EDITABLE)
    if values.get("filter") is not None:
        parse_as(Criteria, values["filter"], "filter")


def _static(group: DeviceGroup) -> DeviceGroup:
    fresh = DeviceGroup.objects.select_for_update().get(pk=group.pk)
    if fresh.dynamic:
        raise DynamicGroup
    return fresh


def _set_members(user: Any, group: DeviceGroup, device_ids: Sequence[int], *, keep: bool) -> int:
    require(user, "groups.edit", group.customer_id)
    with transaction.atomic():
        fresh = _static(group)
        wanted = _known(fresh.customer_id, device_ids)
        rows = _MEMBERS.objects.filter(devicegroup=fresh)
        before = set(rows.values_list("device_id", flat=True))
        gone = set() if keep else before - wanted.keys()
        names = dict(Device.objects.filter(pk__in=gone).values_list("pk", "hostname")) | wanted
        rows.filter(device_id__in=gone).delete()
        added = sorted(wanted.keys() - before)
        _MEMBERS.objects.bulk_create((_MEMBERS(devicegroup_id=fresh.pk, device_id=pk) for pk in added), batch_size=500)
        if added or gone:
            record(user, "groups.members", fresh, data=_told(names, added, sorted(gone)))
    return len(added)


def _known(customer_id: int, device_ids: Sequence[int]) -> dict[int, str]:
    rows = Device.objects.filter(customer_id=customer_id, pk__in=possible_ids(device_ids))
    found = dict(rows.values_list("pk", "hostname"))
    errors = [
        FieldError(path=f"device_ids.{place}", message=f"This customer has no device {pk}.", code="unknown_device")
        for place, pk in enumerate(device_ids)
        if pk not in found
    ]
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _told(names: Mapping[int, str], added: Sequence[int], removed: Sequence[int]) -> dict[str, Any]:
    return {
        "added": [names[pk] for pk in added[:100]],
        "added_count": len(added),
        # One that was deleted at this moment has no name any more.
        "removed": [names.get(pk, str(pk)) for pk in removed[:100]],
        "removed_count": len(removed),
    }
