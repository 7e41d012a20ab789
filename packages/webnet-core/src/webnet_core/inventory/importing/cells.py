"""From a cell to the value of a field, and back for the export: what is written out reads in as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from webnet_core.storable import json_problem

ABSENT = object()
TEXTS = frozenset(
    {
        "hostname",
        "mgmt_ip",
        "platform",
        "role",
        "driver",
        "site",
        "credential",
        "disabled_reason",
        "vendor",
        "customer",
    }
)
_YES, _NO = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})
_DIVIDER = re.compile("[,;]")
_STRUCTURED = frozenset('{["')


class CellRefused(ValueError):
    """A cell does not hold what its column is for."""

    def __init__(self, message: str, code: str = "invalid", allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.allowed = allowed


def read_cell(field: str, cell: Any) -> Any:
    """Return the value that a cell holds for a field; None where it is empty.

    Raises:
        CellRefused: it holds something else.
    """
    _storable(cell)
    if cell is None or cell == "":
        return None
    if field in _READERS:
        return _READERS[field](cell)
    if field in TEXTS:
        return _text(cell)
    if isinstance(cell, str):
        _storable(_structured(cell))
    return cell


def data_value(cell: Any, old: Any = ABSENT) -> Any:
    """Return the value that a cell holds for a name in a device's data.

    Arguments:
        old: the value there is; where that would be written as this cell, it stays what it is.
    """
    if not isinstance(cell, str):
        return cell
    if old is not ABSENT and not isinstance(old, str) and write_data(old) == cell:
        return old
    structured = _structured(cell)
    return cell if structured is ABSENT else structured


def write_data(value: Any) -> str:
    """Return a value of a device's data as a cell holds it, so that `data_value` gives it back."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    plain = value == value.strip() and value.isprintable() and _structured(value) is ABSENT
    return value if plain else json.dumps(value)


def write_tags(tags: Mapping[str, str]) -> str:
    """Return a device's tags as a cell holds them: ``env=lab, core``, or JSON where a value has a comma or the like."""
    if any(sign in value for value in tags.values() for sign in ",;=") or any(
        value != value.strip() or not value.isprintable() for value in tags.values()
    ):
        return json.dumps(dict(tags), ensure_ascii=False)
    return ", ".join(f"{name}={value}" if value else name for name, value in sorted(tags.items()))


def _storable(value: Any) -> None:
    if problem := json_problem(value):
        raise CellRefused(problem, "unstorable")


def _structured(text: str) -> Any:
    if text[:1] not in _STRUCTURED:
        return ABSENT
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ABSENT


def _text(cell: Any) -> str:
    if isinstance(cell, (bool, list, Mapping)):
        raise CellRefused("This is a text.", "type")
    return str(cell).strip()


def _whole(cell: Any) -> int:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = str(cell).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise CellRefused("This is a whole number.", "type")
    return int(text)


def _flag(cell: Any) -> bool:
    text = str(cell).strip().casefold()
    if text in _YES or text in _NO:
        return text in _YES
    raise CellRefused("This is true or false.", "type", ("true", "false"))


def _tags(cell: Any) -> dict[str, Any]:
    if isinstance(cell, str) and cell.startswith("{"):
        return _object(cell)
    if isinstance(cell, Mapping):
        return {str(name): "" if value is None else str(value) for name, value in cell.items()}
    items = cell if isinstance(cell, list) else _DIVIDER.split(str(cell))
    pairs = [str(item).partition("=") for item in items if str(item).strip()]
    tags = {name.strip(): value.strip() for name, _, value in pairs}
    if len(tags) != len(pairs):
        raise CellRefused("A device has each tag once.", "repeated")
    return tags


def _object(cell: Any) -> dict[str, Any]:
    found = cell
    if isinstance(cell, str):
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, dict):
        raise CellRefused('This is an object of JSON, as {"name": "value"}.', "type")
    _storable(found)
    return found


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "port": _whole,
    "enabled": _flag,
    "connection_options": _object,
    "data": _object,
    "tags": _tags,
}
