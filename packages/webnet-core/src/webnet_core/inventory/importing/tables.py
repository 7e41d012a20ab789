"""What a file holds, whatever its format, and what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.storable import clean_text

MAX_COLUMNS = 200
# Errors that are kept of one file; all are counted.
MOST_ERRORS = 10_000
_SHOWN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class CellError(FieldError):
    """One thing wrong with a cell, or with a column where `row` is that of the headings.

    `value` is what stood there, `allowed` what may stand there as far as it can be listed, `nearest` the likeliest.
    """

    row: int
    column: str
    value: str = ""
    allowed: Sequence[str] = ()
    nearest: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {**asdict(self), "allowed": list(self.allowed)}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> CellError:
        """Return what `as_dict` wrote."""
        return cls(**found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row of a file: its number as the program that wrote the file shows it, and a cell for each heading."""

    number: int
    cells: Sequence[Any]


@dataclass(kw_only=True, slots=True)
class Table:
    """Headings and rows. Cells are texts, or what JSON knows where the format tells numbers from texts."""

    headers: Sequence[str]
    header_row: int = 1
    lines: list[Line] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    wrong: int = 0

    def refuse(self, error: CellError) -> None:
        """Count an error, and keep it unless there are very many."""
        self.wrong += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(error)


def cell_error(
    row: int, column: str, message: str, code: str, *, value: Any = "", allowed: Sequence[str] = (), nearest: str = ""
) -> CellError:
    """Return the error for a cell; its text is cut where it is long."""
    shown = clean_text(value)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    path = f"rows.{row}.{column}" if column else f"rows.{row}"
    return CellError(
        path=path,
        message=message,
        code=code,
        row=row,
        column=column,
        value=shown,
        allowed=tuple(allowed),
        nearest=nearest,
    )


def unreadable(message: str, code: str) -> InvalidInput:
    """Return the error for a file that cannot be read at all."""
    return InvalidInput.at("file", message, code)


def not_installed(form: str, error: ImportError) -> InvalidInput:
    """Return the error for a format whose library the site does not have."""
    return unreadable(f'{form} needs {error.name}: pip install "webnet-core[import]".', "not_installed")


def too_many_rows(limit: int) -> InvalidInput:
    """Return the error for a file with more rows than an import takes."""
    return unreadable(f"The file has more than {limit} rows; split it.", "too_many_rows")


def too_many_columns() -> InvalidInput:
    """Return the error for a file with more columns than an import takes."""
    return unreadable(f"The file has more than {MAX_COLUMNS} columns.", "too_many_columns")
