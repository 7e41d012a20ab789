"""Output filters after a ``|``: include, exclude, begin, section, count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, UnknownWord

Lines = Sequence[str]


def filter_output(text: str, pipeline: str) -> str:
    """Send a command's output through filters.

    Args:
        text: What the command printed.
        pipeline: What stands after the first ``|``; further ones may follow.

    Raises:
        InputError: A filter is unknown or has no pattern.
    """
    for stage in pipeline.split(" | "):
        text = _apply(text, stage.strip())
    return text


def _apply(text: str, stage: str) -> str:
    word, _, pattern = stage.partition(" ")
    name = _resolve(word)
    if name == "no-more":
        return text
    if not pattern.strip() and name != "count":
        raise IncompleteLine(stage, 1, len(stage))
    lines = text.splitlines()
    kept = FILTERS[name](lines, _compile(pattern.strip()))
    return "".join(f"{line}\n" for line in kept)


def _resolve(word: str) -> str:
    if not word:
        raise IncompleteLine(word)
    fitting = [name for name in FILTERS if name.startswith(word.lower())]
    if len(fitting) == 1 or word.lower() in FILTERS:
        return fitting[0]
    raise (AmbiguousWord if fitting else UnknownWord)(word)


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error:
        return re.compile(re.escape(pattern))


def _include(lines: Lines, pattern: re.Pattern[str]) -> Lines:
    return [line for line in lines if pattern.search(line)]


def _exclude(lines: Lines, pattern: re.Pattern[str]) -> Lines:
    return [line for line in lines if not pattern.search(line)]


def _begin(lines: Lines, pattern: re.Pattern[str]) -> Lines:
    for index, line in enumerate(lines):
        if pattern.search(line):
            return lines[index:]
    return []


def _count(lines: Lines, pattern: re.Pattern[str]) -> Lines:
    return [f"Number of lines which match regexp = {len(_include(lines, pattern))}"]


def _section(lines: Lines, pattern: re.Pattern[str]) -> Lines:
    return list(_sections(lines, pattern))


def _sections(lines: Lines, pattern: re.Pattern[str]) -> Iterator[str]:
    depth: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent <= depth:
            depth = None
        if depth is None and pattern.search(line):
            depth = indent
        if depth is not None:
            yield line


FILTERS: dict[str, Callable[[Lines, re.Pattern[str]], Lines]] = {
    "include": _include,
    "exclude": _exclude,
    "begin": _begin,
    "section": _section,
    "count": _count,
    "no-more": lambda lines, _pattern: lines,
}
