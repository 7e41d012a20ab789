"""What changed, told so that nobody learns a secret from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from webnet_core.storable import clean_json

SET, CHANGED, REMOVED = "set", "changed", "removed"
LONGEST = 500
_ABSENT = object()


def row_values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the row's values of these fields, raw; take one before a change and one after, and give both to `record`.

    A related row is taken as its id and name.
    """
    return {name: _value(row, name) for name in names}


def differences(
    model: type[models.Model] | None, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> dict[str, dict[str, Any]]:
    """Return ``{"before": …, "after": …}`` of the fields that differ, each side only where it was given.

    A secret field shows as ``set``, ``changed`` or ``removed``; so does each key of a JSON object, for such objects
    hold whatever people put into them.
    """
    old, new = before or {}, after or {}
    told: dict[str, dict[str, Any]] = {"before": {}, "after": {}}
    for name in sorted({*old, *new}):
        was, now = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if was is _ABSENT or now is _ABSENT or was != now:
            hidden = _is_secret(model, name) or isinstance(was, Mapping) or isinstance(now, Mapping)
            shown = (_marks if hidden and not _is_reference(model, name) else _plain)(was, now)
            told["before"][name], told["after"][name] = shown
    sides = {"before": before, "after": after}
    return {
        side: {name: clean_json(value) for name, value in told[side].items() if value is not _ABSENT}
        for side, given in sides.items()
        if given is not None
    }


def _value(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    return {"id": value.pk, "name": str(value)} if isinstance(value, models.Model) else value


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None


def _is_secret(model: type[models.Model] | None, name: str) -> bool:
    return bool(getattr(_field(model, name), "secret", False))


def _is_reference(model: type[models.Model] | None, name: str) -> bool:
    return bool(getattr(_field(model, name), "is_relation", False))


def _plain(was: Any, now: Any) -> tuple[Any, Any]:
    return _short(was), _short(now)


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    return value


def _marks(was: Any, now: Any) -> tuple[Any, Any]:
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        old, new = (side if isinstance(side, Mapping) else {} for side in (was, now))
        keys = [key for key in sorted({*old, *new}) if old.get(key, _ABSENT) != new.get(key, _ABSENT)]
        pairs = {key: _mark(old.get(key, _ABSENT), new.get(key, _ABSENT)) for key in keys}
        before = {key: pair[0] for key, pair in pairs.items() if key in old}
        return before, {key: pair[1] for key, pair in pairs.items()}
    return _mark(was, now)


def _mark(was: Any, now: Any) -> tuple[str, str]:
    had, has = was is not _ABSENT and was != "", now is not _ABSENT and now != ""
    before = SET if had else ""
    if had and has:
        return before, CHANGED
    return before, SET if has else REMOVED if had else ""
