"""Workbooks (XLSX): the first sheet, its values alone, and no more than fits into memory whatever the archive says."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from lzma import LZMAError
from typing import Any

from webnet_core.inventory.importing.bombs import refuse_bombs
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
from webnet_core.spreadsheet import unquote_cell

# Rows that hold nothing, between others or behind them.
_EMPTY_ROWS = 10_000
# What the library raises for archives that are not what they say; defusedxml's refusals are ValueErrors.
_NOT_AS_IT_SAYS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


def read_xlsx(content: bytes, *, limit: int) -> Table:
    """Read the first sheet of a workbook; its first row with anything in it names the columns.

    Arguments:
        limit: rows at most.

    Raises:
        InvalidInput: it is no workbook, or too large, or the extra ``import`` is not installed.
    """
    openpyxl = _library()
    try:
        refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise unreadable("The workbook has no sheet of cells.", "empty")
        return _table(sheet, limit)
    except _NOT_AS_IT_SAYS as error:
        raise unreadable(f"The workbook cannot be read: {type(error).__name__}.", "bad_xlsx") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, zlib.error, LZMAError) as error:
        raise unreadable("The workbook's archive is damaged.", "bad_xlsx") from error


def text_of(value: Any) -> str:
    """Return a typed cell as it would be typed: 22 for 22.0, true, 2026-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value).strip()


def _library() -> Any:
    try:
        import defusedxml  # noqa: F401, PLC0415 - an extra
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise not_installed("XLSX", error) from error
    if not openpyxl.DEFUSEDXML:
        raise unreadable("XLSX needs defusedxml in use: unset OPENPYXL_DEFUSEDXML on the server.", "not_installed")
    return openpyxl


def _table(sheet: Any, limit: int) -> Table:
    rows = _rows(sheet)
    first, cells = next(rows, (1, ()))
    headers = [text_of(cell.value) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise unreadable("The sheet is empty: its first row names the columns.", "empty")
    if len(headers) > MAX_COLUMNS:
        raise too_many_columns()
    table = Table(headers=headers, header_row=first)
    for number, row in rows:
        if len(table.lines) >= limit:
            raise too_many_rows(limit)
        _take(table, number, row)
    return table


def _rows(sheet: Any) -> Iterator[tuple[int, Any]]:
    """Yield the rows that hold anything, with their numbers."""
    empty = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if any(cell.value not in (None, "") for cell in cells):
            yield number, cells
            continue
        empty += 1
        if empty > _EMPTY_ROWS:
            raise unreadable(f"The sheet has more than {_EMPTY_ROWS} empty rows; delete them.", "too_many_rows")


def _take(table: Table, number: int, cells: Any) -> None:
    """Add a row. A formula, or what came of one that failed, is nobody's value."""
    texts: list[Any] = []
    for position, cell in enumerate(cells):
        header = table.headers[position] if position < len(table.headers) else ""
        if cell.value not in (None, "") and not header:
            message = f"Cell {_name(cell)} stands in a column without a heading."
            table.refuse(cell_error(number, _letters(cell), message, "no_heading", value=text_of(cell.value)))
        elif cell.value is not None and cell.data_type in {"f", "e"}:
            kind = "a formula" if cell.data_type == "f" else "an error value"
            message = f"Cell {_name(cell)} holds {kind}; put a value there."
            table.refuse(cell_error(number, header, message, "formula", value=str(cell.value)))
        if position < len(table.headers):
            texts.append(unquote_cell(text_of(cell.value)))
    texts += [""] * (len(table.headers) - len(texts))
    table.lines.append(Line(number=number, cells=texts))


def _name(cell: Any) -> str:
    return str(cell.coordinate)


def _letters(cell: Any) -> str:
    return str(cell.column_letter)
