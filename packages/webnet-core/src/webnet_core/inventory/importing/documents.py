"""YAML and JSON: a list of mappings, one a device.

YAML is read from its events, not by a loader: nothing is constructed, anchors and aliases are refused, and a number is
one only where it is written as JSON writes it, so that ``012`` and ``1:30`` stay what somebody typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from webnet_core.inventory.importing.delimited import decode
from webnet_core.inventory.importing.tables import (
    MAX_COLUMNS,
    Line,
    Table,
    cell_error,
    not_installed,
    too_many_columns,
    too_many_rows,
    unreadable,
)

MAX_DEPTH = 16
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?\Z")
_WORDS: Mapping[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LIST = "The file is a list of mappings, one a device."


def read_yaml(content: bytes, *, limit: int) -> Table:
    """Read a YAML list of mappings; a row's number is that of the line it begins on.

    Raises:
        InvalidInput: it is none, or too large, or the extra ``import`` is not installed.
    """
    yaml = _library()
    text, encoding = decode(content)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = _Reader(yaml.parse(text, Loader=loader), yaml).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise unreadable(
            f"This is no YAML{where}: {getattr(error, 'problem', None) or 'unreadable'}.", "bad_yaml"
        ) from error
    return _table(found, limit, encoding)


def read_json(content: bytes, *, limit: int) -> Table:
    """Read a JSON list of objects; the first row has number 1.

    Raises:
        InvalidInput: it is none, or too large.
    """
    text, encoding = decode(content)
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise unreadable(f"This is no JSON: {str(error)[:200].rstrip('.')}.", "bad_json") from error
    if not isinstance(found, list):
        raise unreadable(_LIST, "shape")
    return _table(list(enumerate(found, start=1)), limit, encoding)


def _table(items: list[tuple[int, Any]], limit: int, encoding: str) -> Table:
    if len(items) > limit:
        raise too_many_rows(limit)
    headers: dict[str, int] = {}
    for _, item in items:
        for name in item if isinstance(item, dict) else ():
            headers.setdefault(str(name), len(headers))
        if len(headers) > MAX_COLUMNS:
            raise too_many_columns()
    if not headers:
        raise unreadable(_LIST, "empty")
    table = Table(headers=list(headers), header_row=0, encoding=encoding)
    for number, item in items:
        if not isinstance(item, dict):
            table.refuse(cell_error(number, "", "This is no mapping of one device.", "shape", value=item))
            continue
        _check_depth(item, number)
        table.lines.append(Line(number=number, cells=[item.get(name, "") for name in headers]))
    return table


def _check_depth(value: Any, number: int, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise unreadable(f"Row {number} is nested deeper than {MAX_DEPTH} levels.", "too_deep")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(inner, number, depth + 1)


class _Reader:
    """Makes plain values of YAML's events."""

    def __init__(self, events: Iterator[Any], yaml: Any) -> None:
        self._events = events
        self._yaml = yaml

    def document(self) -> list[tuple[int, Any]]:
        """Return the items of the one document's list, each with the line it begins on."""
        yaml = self._yaml
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        if not isinstance(event, yaml.SequenceStartEvent):
            raise unreadable(_LIST, "shape")
        self._refuse_anchor(event)
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append((event.start_mark.line + 1, self._value(event, 1)))
        self._next()
        if not isinstance(self._next(), yaml.StreamEndEvent):
            raise unreadable("The file holds several documents; one is read.", "shape")
        return items

    def _next(self) -> Any:
        return next(self._events)

    def _value(self, event: Any, depth: int) -> Any:
        yaml = self._yaml
        self._refuse_anchor(event)
        if depth > MAX_DEPTH:
            raise unreadable(f"Line {event.start_mark.line + 1} is nested deeper than {MAX_DEPTH} levels.", "too_deep")
        if isinstance(event, yaml.ScalarEvent):
            return _plain(event.value) if event.implicit[0] else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            values = []
            while not isinstance(inner := self._next(), yaml.SequenceEndEvent):
                values.append(self._value(inner, depth + 1))
            return values
        return self._mapping(depth)

    def _mapping(self, depth: int) -> dict[str, Any]:
        yaml = self._yaml
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            self._refuse_anchor(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise unreadable(f"Line {line}: a name is a text.", "shape")
            if event.value in found:
                raise unreadable(f"Line {line} names {event.value!r} again.", "repeated_name")
            found[event.value] = self._value(self._next(), depth + 1)
        return found

    def _refuse_anchor(self, event: Any) -> None:
        if getattr(event, "anchor", None):
            line = event.start_mark.line + 1
            raise unreadable(f"Line {line} has an anchor or alias, which are not read; write the value out.", "alias")
        if getattr(event, "tag", None) not in (None, "!", "tag:yaml.org,2002:str"):
            line = event.start_mark.line + 1
            raise unreadable(f"Line {line} has a tag, which is not read; write a plain value.", "tag")


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.match(text):
        number = json.loads(text)
        return number if json.dumps(number) == text else text
    return text


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _library() -> Any:
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise not_installed("YAML", error) from error
    return yaml
