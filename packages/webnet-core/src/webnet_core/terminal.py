"""What verbs print: JSON for programs, and for people text that cannot move their cursor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

_GAP = "  "


def plain(text: object) -> str:
    """Return `text` for a terminal: what a device or a stranger wrote has no control characters in it any more."""
    return "".join(character if character.isprintable() else " " for character in str(text))


def write_json(out: TextIO, data: Any) -> None:
    """Print `data` as JSON; moments and the like become texts."""
    out.write(f"{json.dumps(data, indent=2, default=str)}\n")


def write_table(out: TextIO, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their heads, each column as wide as its longest text."""
    cells = [list(heads), *([plain(value) for value in row] for row in rows)]
    widths = [max(len(row[number]) for row in cells) for number in range(len(heads))]
    for row in cells:
        line = _GAP.join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        out.write(f"{line.rstrip()}\n")
