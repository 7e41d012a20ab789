"""What a preview shows: figures, tabs, rows with old and new values, errors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webnet_core.inventory.importing.batches import Preview
from webnet_core.inventory.importing.cells import write_tags
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.tables import CellError
from webnet_core.inventory.importing.verdicts import ToldRow
from webnet_core.inventory.models import Device
from webnet_ui.objects import PageTab

STEPS = ("Upload", "Columns", "Preview", "Done")
TABS: Mapping[str, str] = {
    "error": "Errors",
    "new": "New",
    "update": "Changed",
    "unchanged": "Unchanged",
    "skip": "Skipped",
}
_LONGEST = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One value that a row changes."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRow:
    """One row of the file as drawn."""

    number: int
    hostname: str
    device_id: int | None
    cells: Sequence[Cell]


def steps_at(current: int) -> list[dict[str, Any]]:
    """Return the steps as `wn_steps` takes them; those before `current` (from 0) are done."""
    return [
        {"label": label, "current": place == current, "status": "ok" if place < current else ""}
        for place, label in enumerate(STEPS)
    ]


def tabs_of(batch: ImportBatch, state: str, url: str) -> list[PageTab]:
    """Return the tabs that have rows, and the one that is open."""
    counts = {**batch.counts, "error": batch.counts.get("errors", 0)}
    return [
        PageTab(label=label, url=f"{url}?state={name}", active=name == state, count=counts.get(name, 0))
        for name, label in TABS.items()
        if counts.get(name) or name == state
    ]


def first_tab(batch: ImportBatch) -> str:
    """Return the tab that a preview opens with: errors before all else."""
    counts = {**batch.counts, "error": batch.counts.get("errors", 0)}
    return next((name for name in TABS if counts.get(name)), "new")


def items_of(preview: Preview, state: str) -> Sequence[Any]:
    """Return what the tab of a state lists: errors, or lines to give to `shown_rows` when they are drawn."""
    return preview.errors if state == "error" else preview.of(state)


def shown_rows(batch: ImportBatch, lines: Sequence[str]) -> list[ShownRow]:
    """Return stored rows as drawn; those that made a device lead to it, once it is there."""
    rows = [ToldRow.from_line(line) for line in lines]
    names = {row.hostname for row in rows if row.device_id is None}
    made: dict[str, int] = {}
    if batch.state == ImportState.COMMITTED and names:
        there = Device.objects.filter(customer_id=batch.customer_id, hostname__in=names)
        made = dict(there.values_list("hostname", "pk"))
    return [shown_row(row, made.get(row.hostname)) for row in rows]


def shown_row(row: ToldRow, made: int | None = None) -> ShownRow:
    """Return a row as drawn, of a new device only what is not empty; `made` is the device it has become."""
    cells = [
        Cell(name=name, old=text_of(old, name), new=text_of(new, name))
        for name, (old, new) in row.changes.items()
        if name != "hostname" and (row.state != "new" or new not in (None, "", {}))
    ]
    return ShownRow(number=row.row, hostname=row.hostname, device_id=row.device_id or made, cells=cells)


def text_of(value: Any, name: str = "") -> str:
    """Return the value of a field for one line."""
    if value in (None, "", {}, []):
        return ""
    if name == "tags":
        return write_tags(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def column_errors(errors: Sequence[CellError]) -> list[CellError]:
    """Return the errors that another choice of columns mends."""
    return [error for error in errors if error.code in {"unknown_column", "repeated_column", "missing_column"}]
