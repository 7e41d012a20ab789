"""Text that people open as a table or read line by line: nothing in a cell is a formula, and no cell forges a line.

The leading characters are those of OWASP's page on CSV injection; a number keeps its sign.
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?\Z")
_FORMULA = frozenset("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
# Controls (ANSI sequences begin with one of them), line separators, and marks that turn the direction of text.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def one_line(text: str) -> str:
    """Return `text` with every control character written out (``\\n``, ``\\x1b``)."""
    return _CONTROL.sub(_written_out, text)


def safe_cell(value: object) -> str:
    """Return `value` for a cell of CSV: one line, and quoted with ' where a spreadsheet would take it for a formula."""
    if value is None:
        return ""
    text = str(value)
    return f"'{one_line(text)}" if _is_risky(text) else one_line(text)


def quote_cell(text: str) -> str:
    """Return `text` for a cell that is read in again: quoted with ' where a spreadsheet would take it for a formula."""
    return f"'{text}" if _is_risky(text) or text.startswith("'") else text


def unquote_cell(text: str) -> str:
    """Return what `quote_cell` was given; a ' that quotes nothing stays."""
    rest = text[1:]
    return rest if text.startswith("'") and (_is_risky(rest) or rest.startswith("'")) else text


def _is_risky(text: str) -> bool:
    return text.lstrip(" ")[:1] in _FORMULA and text.strip(" ") != "" and not _NUMBER.match(text)


def _written_out(found: re.Match[str]) -> str:
    character = found.group()
    number = ord(character)
    return _SHORT.get(character) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")
