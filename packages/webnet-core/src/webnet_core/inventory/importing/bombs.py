"""Archives that are small and would take minutes and gigabytes to read: found by counting, before anything is built."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from typing import IO, Any, NoReturn
from xml.parsers import expat

from webnet_core.inventory.importing.tables import unreadable

MAX_UNPACKED = 32 * 1024 * 1024
MAX_PARTS = 500
# Elements of XML: a cell is two or three.
MAX_IN_ROWS = 1_600_000
MAX_IN_A_ROW = 50_000
MAX_ELSEWHERE = 50_000
# What cannot hold enough elements to matter.
_SMALL = 64 * 1024


def refuse_bombs(content: bytes) -> None:
    """Go on only if the archive is, unpacked, what a workbook of devices is; `zipfile` unpacks no more than it says.

    Raises:
        InvalidInput: it is no archive, or a part of it is too large, or holds too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise unreadable("This is no XLSX workbook; save it as XLSX or as CSV.", "bad_xlsx") from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        megabytes = MAX_UNPACKED // 1024 // 1024
        raise unreadable(f"The workbook is larger than {megabytes} MB when unpacked; save it as CSV.", "too_large")
    for part in parts:
        if part.file_size > _SMALL:
            with archive.open(part) as stream:
                _Census().take(stream)


class _Census:
    """Counts the elements of a part, those of rows and of the table of texts apart from all others."""

    def __init__(self) -> None:
        self._root = ""
        self._open_rows = self._row = self._rows = self._others = 0

    def take(self, stream: IO[bytes]) -> None:
        """Read the part, as far as it is XML; whoever needs more of it says so.

        Raises:
            InvalidInput: it holds too much, or declares entities.
        """
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = _refuse_entity
        with suppress(expat.ExpatError):
            parser.ParseFile(stream)

    def _start(self, tag: str, _attributes: Mapping[str, Any]) -> None:
        name = tag.rpartition(":")[2]
        self._root = self._root or name
        if name == "row" and self._root == "worksheet":
            self._row = self._row if self._open_rows else 0
            self._open_rows += 1
        if self._open_rows:
            self._row += 1
        if self._open_rows or self._root == "sst":
            self._rows += 1
        else:
            self._others += 1
        if self._rows > MAX_IN_ROWS or self._row > MAX_IN_A_ROW or self._others > MAX_ELSEWHERE:
            raise unreadable("The workbook holds more than a table of devices does; save it as CSV.", "too_large")

    def _end(self, tag: str) -> None:
        if self._open_rows and tag.rpartition(":")[2] == "row":
            self._open_rows -= 1


def _refuse_entity(*_: Any) -> NoReturn:
    raise unreadable("The workbook declares entities, which no workbook does.", "bad_xlsx")
