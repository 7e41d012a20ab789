"""What an import would do, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from webnet_core.inventory.drafts import DeviceDraft
from webnet_core.inventory.importing.tables import CellError

State = Literal["new", "update", "unchanged", "skip", "error"]
STATES: tuple[State, ...] = ("new", "update", "unchanged", "skip", "error")
Duplicates = Literal["update", "skip", "error"]


@dataclass(kw_only=True, slots=True)
class Row:
    """One row's fate. `changes` maps each field that would change to what it is and what it would be, as people read
    it; a row that changes something has its `draft`.
    """

    number: int
    hostname: str = ""
    state: State = "error"
    device_id: int | None = None
    changes: dict[str, Sequence[Any]] = field(default_factory=dict)
    draft: DeviceDraft | None = None

    def as_list(self) -> list[Any]:
        """Return what of it is stored with a preview, and compared with at the commit."""
        return [self.number, self.hostname, self.state, self.device_id, self.changes]


@dataclass(kw_only=True, slots=True)
class Verdict:
    """What would be done with all rows, everything that is wrong, and for how many new devices a secret is stored."""

    rows: list[Row]
    errors: list[CellError]
    receiving: int = 0

    def counts(self) -> dict[str, int]:
        """Return the number of rows by state, that of errors, and that of new devices which get a stored secret."""
        found: dict[str, int] = dict.fromkeys(STATES, 0)
        for row in self.rows:
            found[row.state] += 1
        return {**found, "errors": len(self.errors), "receiving": self.receiving}

    def drafts(self, state: State) -> Iterable[tuple[Row, DeviceDraft]]:
        """Yield the rows of one state that change something."""
        return ((row, row.draft) for row in self.rows if row.state == state and row.draft is not None)
