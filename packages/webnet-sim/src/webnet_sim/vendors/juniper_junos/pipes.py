"""Junos output filters: match, except, find, count, last, no-more, trim."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from webnet_sim.exceptions import IncompleteLine, UnknownWord

Lines = Sequence[str]


def filter_shown(text: str, pipeline: str) -> str:
    """Send a command's output through filters.

    Args:
        text: What the command printed.
        pipeline: What stands after the first ``|``; further ones may follow.

    Raises:
        InputError: A filter is unknown or has no pattern.
    """
    for stage in pipeline.split(" | "):
        word, _, pattern = stage.strip().partition(" ")
        fitting = [name for name in FILTERS if word and name.startswith(word)]
        if not fitting:
            raise UnknownWord(word, 1)
        if not pattern and fitting[0] in {"match", "except", "find"}:
            raise IncompleteLine(stage, 2)
        text = "".join(f"{line}\n" for line in FILTERS[fitting[0]](text.splitlines(), pattern.strip().strip('"')))
    return text


def _search(pattern: str) -> Callable[[str], object]:
    try:
        return re.compile(pattern, re.IGNORECASE).search
    except re.error:
        return re.compile(re.escape(pattern)).search


def _match(lines: Lines, pattern: str) -> Lines:
    found = _search(pattern)
    return [line for line in lines if found(line)]


def _except(lines: Lines, pattern: str) -> Lines:
    found = _search(pattern)
    return [line for line in lines if not found(line)]


def _find(lines: Lines, pattern: str) -> Lines:
    found = _search(pattern)
    return next((lines[index:] for index, line in enumerate(lines) if found(line)), ["Pattern not found"])


FILTERS: dict[str, Callable[[Lines, str], Lines]] = {
    "match": _match,
    "except": _except,
    "find": _find,
    "count": lambda lines, _pattern: [f"Count: {len(lines)} lines"],
    "last": lambda lines, pattern: lines[-int(pattern) :] if pattern.isdecimal() else lines[-24:],
    "no-more": lambda lines, _pattern: lines,
    "trim": lambda lines, pattern: [line[int(pattern) :] if pattern.isdecimal() else line for line in lines],
}
