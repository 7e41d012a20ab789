"""Tags: words on devices, made where they are first used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from webnet_core.access.editing import differing, store_changes
from webnet_core.access.permissions import require
from webnet_core.access.validation import Overtaken, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, FieldError
from webnet_core.inventory.models import Device, Tag
from webnet_core.storable import find_unstorable

EDITABLE = ("name", "value", "colour")
MOST = 50
_TAGGED = Device.tags.through


def create_tag(user: Any, customer_id: int, values: Mapping[str, Any]) -> Tag:
    """Make a tag.

    Raises:
        PermissionDenied: the user lacks ``tags.edit`` in the customer.
        InvalidInput: a field is wrong, or there is one with this name and value.
    """
    require(user, "tags.edit", customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        tag = Tag(customer_id=customer_id, **values)
        save_valid(tag)
        record(user, "tags.create", tag, after=row_values(tag, EDITABLE))
    return tag


def update_tag(user: Any, tag: Tag, values: Mapping[str, Any]) -> Tag:
    """Change a tag on all its devices.

    Raises:
        PermissionDenied: the user lacks ``tags.edit`` in the customer.
        InvalidInput: as for `create_tag`.
        Conflict: a device has another value of the new name already.
    """
    require(user, "tags.edit", tag.customer_id)
    refuse_unknown(values, EDITABLE)
    with transaction.atomic():
        fresh = Tag.objects.select_for_update().get(pk=tag.pk)
        changed = differing(fresh, values)
        if "name" in changed:
            _refuse_second_value(fresh, changed["name"])
        store_changes(user, "tags.update", fresh, changed)
    return fresh


def delete_tag(user: Any, tag: Tag) -> None:
    """Remove a tag, from its devices too.

    Raises:
        PermissionDenied: the user lacks ``tags.edit`` in its customer.
    """
    require(user, "tags.edit", tag.customer_id)
    with transaction.atomic():
        devices = _TAGGED.objects.filter(tag=tag).count()
        record(user, "tags.delete", tag, before=row_values(tag, EDITABLE), data={"devices": devices})
        tag.delete()


def tags_of(device_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return each device's tags by name, by one query; devices without any are absent."""
    rows = _TAGGED.objects.filter(device_id__in=list(device_ids)).order_by("tag__name", "tag__value")
    found: dict[int, dict[str, str]] = {}
    for device_id, name, value in rows.values_list("device_id", "tag__name", "tag__value"):
        found.setdefault(device_id, {})[name] = value
    return found


def tag_errors(tags: Any) -> list[FieldError]:
    """Return what is wrong with the tags somebody gives a device: an object of names and texts."""
    if not isinstance(tags, Mapping):
        return [FieldError(path="tags", message='This is an object, as {"env": "lab"}.', code="type")]
    if len(tags) > MOST:
        return [FieldError(path="tags", message=f"A device has at most {MOST} tags.", code="too_many")]
    return [error for name, value in tags.items() for error in _errors_of(name, value)]


def store_tags(customer_id: int, wanted: Mapping[int, Mapping[str, str]]) -> None:
    """Give devices these tags and no others, in the caller's transaction; tags that are not there are made.

    Arguments:
        wanted: by id of a device of this customer.

    Raises:
        Overtaken: somebody removed one of the tags at this moment.
    """
    pairs = {pair for tags in wanted.values() for pair in tags.items()}
    ids = _ids_of(customer_id, pairs)
    there = set(_TAGGED.objects.filter(device_id__in=list(wanted)).values_list("device_id", "tag_id"))
    shall = {(device_id, ids[pair]) for device_id, tags in wanted.items() for pair in tags.items()}
    gone = there - shall
    if gone:
        rows = _TAGGED.objects.filter(device_id__in=[device_id for device_id, _ in gone])
        unwanted = [pk for pk, *pair in rows.values_list("pk", "device_id", "tag_id") if tuple(pair) in gone]
        _TAGGED.objects.filter(pk__in=unwanted).delete()
    fresh = (_TAGGED(device_id=device_id, tag_id=tag_id) for device_id, tag_id in sorted(shall - there))
    _TAGGED.objects.bulk_create(fresh, batch_size=500)


def told(tags: Mapping[str, str]) -> list[str]:
    """Return tags as an audit row shows them."""
    return [f"{name}={value}" if value else name for name, value in sorted(tags.items())]


def _ids_of(customer_id: int, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = Tag.objects.filter(customer_id=customer_id, name__in={name for name, _ in pairs})
    missing = sorted(pairs - set(rows.values_list("name", "value")))
    Tag.objects.bulk_create(
        (Tag(customer_id=customer_id, name=name, value=value) for name, value in missing), ignore_conflicts=True
    )
    found = {(name, value): pk for pk, name, value in rows.all().values_list("pk", "name", "value")}
    if not pairs <= found.keys():
        raise Overtaken("A tag was removed by somebody else just now; look again, then repeat it.")
    return found


def _errors_of(name: Any, value: Any) -> Iterable[FieldError]:
    path = f"tags.{name}"
    if not isinstance(value, str):
        yield FieldError(path=path, message='A tag\'s value is a text: write 12 as "12".', code="type")
        return
    if find_unstorable([name, value]) is not None:
        yield FieldError(path="tags", message="A tag holds a character that no database keeps.", code="invalid")
        return
    for field, text in (("name", name), ("value", value)):
        yield from _column_errors(field, text, path)


def _column_errors(field: str, text: str, path: str) -> Sequence[FieldError]:
    column: Any = Tag._meta.get_field(field)
    messages = column_messages(column, text)
    return [FieldError(path=path, message=f"{field.capitalize()}: {message}") for message in messages]


def column_messages(column: Any, value: Any) -> list[str]:
    """Return what a column's own rules say against a value."""

    try:
        column.clean(value, None)
    except ValidationError as error:
        return list(error.messages)
    return []


def _refuse_second_value(tag: Tag, name: str) -> None:
    devices = _TAGGED.objects.filter(tag=tag).values("device_id")
    other = _TAGGED.objects.filter(device__in=devices, tag__name=name).exclude(tag=tag)
    if taken := other.select_related("device").first():
        raise Conflict(f"{taken.device} has another value of {name} already; take one of the two away first.")
