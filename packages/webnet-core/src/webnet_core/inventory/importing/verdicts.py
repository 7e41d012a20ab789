"""What an import would do, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from webnet_core.inventory.drafts import DeviceDraft
from webnet_core.inventory.importing.cells import ABSENT
from webnet_core.inventory.importing.columns import DATA
from webnet_core.inventory.importing.tables import CellError

State = Literal["new", "update", "unchanged", "skip", "error"]
STATES: tuple[State, ...] = ("new", "update", "unchanged", "skip", "error")
Duplicates = Literal["update", "skip", "error"]
_RELATED = ("site", "credential")


@dataclass(kw_only=True, slots=True)
class Row:
    """One row's fate; one that changes something has its `draft`."""

    number: int
    hostname: str = ""
    state: State = "error"
    device_id: int | None = None
    draft: DeviceDraft | None = None

    def as_line(self) -> str:
        """Return what of it is stored with a preview, and compared with at the commit: its state, then JSON."""
        changes = dict(changes_of(self.draft)) if self.draft is not None else {}
        return f"{self.state} {json.dumps([self.number, self.hostname, self.device_id, changes], sort_keys=True)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldRow:
    """One row of a stored preview. `changes` maps each field to what it is and what it would be, as people read it."""

    row: int
    hostname: str
    state: str
    device_id: int | None
    changes: Mapping[str, Sequence[Any]]

    @classmethod
    def from_line(cls, line: str) -> ToldRow:
        """Return what `Row.as_line` wrote."""
        state, _, rest = line.partition(" ")
        number, hostname, device_id, changes = json.loads(rest)
        return cls(row=number, hostname=hostname, state=state, device_id=device_id, changes=changes)


@dataclass(kw_only=True, slots=True)
class Verdict:
    """What would be done with all rows, the errors, how many there are besides those kept (`tables.MOST_ERRORS`), and
    for how many new devices a secret is stored.
    """

    rows: list[Row]
    errors: list[CellError]
    wrong: int
    receiving: int = 0

    def counts(self) -> dict[str, int]:
        """Return the number of rows by state, that of errors, and that of new devices which get a stored secret."""
        found: dict[str, int] = dict.fromkeys(STATES, 0)
        for row in self.rows:
            found[row.state] += 1
        return {**found, "errors": self.wrong, "receiving": self.receiving}

    def drafts(self, state: State) -> Iterable[tuple[Row, DeviceDraft]]:
        """Yield the rows of one state that change something."""
        return ((row, row.draft) for row in self.rows if row.state == state and row.draft is not None)


def changes_of(draft: DeviceDraft) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield old and new value of each field that changes, as people read them; of data, name by name."""
    for name, value in draft.changed.items():
        old = draft.before.get(name)
        if name == "data":
            was = old or {}
            keys = [key for key in {**was, **value} if was.get(key, ABSENT) != value.get(key, ABSENT)]
            yield from ((f"{DATA}{key}", [was.get(key), value.get(key)]) for key in keys)
        elif name in _RELATED:
            yield name, [old["name"] if old else None, str(value) if value is not None else None]
        else:
            yield name, [old, value]
    if draft.tags is not None:
        yield "tags", [dict(draft.tags_before), dict(draft.tags)]
