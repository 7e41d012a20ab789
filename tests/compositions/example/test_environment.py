"""The page about the example project's environment names what its settings read, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import example_project

PROJECT = Path(example_project.__file__).parent
PAGE = PROJECT.parent / "docs/reference/environment.md"
NAME = re.compile(r"\bWEBNET_[A-Z_]+\b")


def test_every_variable_is_told_of_and_every_told_one_is_read() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "settings").glob("*.py")]
    read = {name for text in sources for name in NAME.findall(text)}
    told = re.findall(r"^\| `(WEBNET_[A-Z_]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(read)
