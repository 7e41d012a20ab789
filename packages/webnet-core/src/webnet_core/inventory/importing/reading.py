"""From the bytes of a file to a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Literal, get_args

from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.importing.delimited import read_csv
from webnet_core.inventory.importing.documents import read_json, read_yaml
from webnet_core.inventory.importing.tables import Table, unreadable
from webnet_core.inventory.importing.workbooks import read_xlsx
from webnet_core.storable import find_unstorable

Form = Literal["csv", "xlsx", "yaml", "json"]
FORMS: tuple[str, ...] = get_args(Form)
_ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
}
# Rows times columns: what is read is held in memory until it is judged.
MAX_CELLS = 800_000
_READERS: Mapping[str, Callable[..., Table]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "yaml": read_yaml,
    "json": read_json,
}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_table(content: bytes, *, filename: str = "", form: str = "") -> tuple[Table, str]:
    """Return the table in a file, and its format.

    Arguments:
        filename: its ending tells the format where `form` is left out; else the content does.
        form: one of `FORMS`.

    Raises:
        InvalidInput: the file is too large, empty, not of its format, or the format needs the extra ``import``.
    """
    limit = settings.CORE.IMPORT_LIMIT_BYTES
    if len(content) > limit:
        message = f"The file has {len(content)} bytes; an import takes {limit} (IMPORT_LIMIT_BYTES)."
        raise unreadable(message, "too_large")
    if not content.strip():
        raise unreadable("The file is empty.", "empty")
    found = form or guess_form(content, filename)
    if found not in _READERS:
        raise InvalidInput.at("format", f"There is no format {found!r}: {', '.join(FORMS)}.", "invalid_choice")
    table = _READERS[found](content, limit=settings.CORE.IMPORT_LIMIT_ROWS)
    if len(table.lines) * len(table.headers) > MAX_CELLS:
        raise unreadable(f"The file has more than {MAX_CELLS} cells; split it.", "too_many_cells")
    if any(find_unstorable(heading) is not None for heading in table.headers):
        raise unreadable("A heading holds a character that no database keeps.", "unstorable")
    return table, found


def guess_form(content: bytes, filename: str = "") -> str:
    """Return the format that the content or the ending of its name tells; CSV where neither does.

    Raises:
        InvalidInput: it is a workbook of before 2007.
    """
    if content.startswith(_OLE):
        raise unreadable("This is a workbook of before 2007 (XLS); save it as XLSX or as CSV.", "bad_xlsx")
    if content.startswith(_ZIP):
        return "xlsx"
    ending = PurePath(filename).suffix.casefold()
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"[":
        return "json"
    return "yaml" if start.startswith((b"- ", b"---")) else "csv"
