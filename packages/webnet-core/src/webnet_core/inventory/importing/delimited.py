"""Comma-separated files, as people and spreadsheets write them: any of three delimiters, with or without a BOM."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from webnet_core.inventory.importing.tables import (
    MAX_COLUMNS,
    Line,
    Table,
    cell_error,
    too_many_columns,
    too_many_rows,
    unreadable,
)
from webnet_core.spreadsheet import unquote_cell

DELIMITERS = (",", ";", "\t")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# A spreadsheet's own way to say what divides the cells.
_SEP = re.compile(r"\A\"?sep=([,;\t])\"?\r?\n", re.IGNORECASE)


def read_csv(content: bytes, *, limit: int, delimiter: str = "") -> Table:
    """Read a file of cells divided by commas, semicolons or tabs.

    Arguments:
        limit: rows at most.
        delimiter: what divides the cells; guessed from the headings where left out.

    Raises:
        InvalidInput: it is no such file, or too large.
    """
    text, encoding = decode(content)
    first = 1
    if found := _SEP.match(text):
        delimiter, text, first = delimiter or found[1], text[found.end() :], 2
    divider = delimiter or guess_delimiter(text)
    records = _records(text, divider, first)
    headers, header_row = next(((cells, number) for number, cells in records if any(cells)), ([], first))
    if not headers:
        raise unreadable("The file is empty: its first row names the columns.", "empty")
    if len(headers) > MAX_COLUMNS:
        raise too_many_columns()
    while not headers[-1]:
        headers.pop()
    table = Table(headers=headers, header_row=header_row, encoding=encoding, delimiter=divider)
    for number, cells in records:
        if any(cells):
            if len(table.lines) >= limit:
                raise too_many_rows(limit)
            _take(table, number, cells)
    return table


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding it was in: UTF-8, UTF-16 with its BOM, else Windows' cp1252.

    Raises:
        InvalidInput: it is in none of them.
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _decoded(content, name)
    if b"\x00" in content[:1000]:
        raise unreadable("The file looks like UTF-16 without its mark, or is no text; save it as UTF-8.", "encoding")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252")


def guess_delimiter(text: str) -> str:
    """Return which of `DELIMITERS` divides the first row that has anything in it; a comma where none does."""
    heading = next((line for line in io.StringIO(text) if line.strip()), "")
    outside = re.sub(r'"[^"]*"', "", heading)
    return max(DELIMITERS, key=lambda sign: (outside.count(sign), -DELIMITERS.index(sign)))


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    try:
        return content.decode(name), name
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} of the file is neither UTF-8 nor {name}; save the file as UTF-8."
        raise unreadable(message, "encoding") from error


def _records(text: str, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    number = first - 1
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=first):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise unreadable(f"Row {number + 1} cannot be read: {error}.", "bad_csv") from error


def _take(table: Table, number: int, cells: list[str]) -> None:
    """Add a row; one that is too long has no cells to rely on, and a formula is nobody's value."""
    width = len(table.headers)
    if any(cells[width:]):
        message = f"This row has {len(cells)} cells, the headings are {width}: quote cells that hold a delimiter."
        table.refuse(cell_error(number, "", message, "too_many_cells", value=table.delimiter.join(cells)))
    for header, cell in zip(table.headers, cells, strict=False):
        if cell.startswith("="):
            message = "This is a formula; put its value there, or ' before it where it is meant as a text."
            table.refuse(cell_error(number, header, message, "formula", value=cell))
    padded = [*map(unquote_cell, cells[:width]), *[""] * (width - len(cells))]
    table.lines.append(Line(number=number, cells=padded))
