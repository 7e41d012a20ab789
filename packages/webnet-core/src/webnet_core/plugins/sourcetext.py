"""Look into a plugin that could not be imported: does its text name one of these hooks? Imports no Django."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path


def names_any(module: str, hooks: Collection[str]) -> bool:
    """Whether the package of `module` mentions one of `hooks`; true where its text cannot be read.

    Answers "could this be a guard?" for code that fails while it is imported, so nothing of it is imported here.
    """
    try:
        spec = find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return True
    if spec is None:
        return True
    places = [Path(place) for place in spec.submodule_search_locations or ()]
    files = [file for place in places for file in place.rglob("*.py")]
    if not files and spec.origin is not None:
        files = [Path(spec.origin)]
    return not files or any(_mentions(file, hooks) for file in files)


def _mentions(file: Path, hooks: Collection[str]) -> bool:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return True
    return any(hook in text for hook in hooks)
