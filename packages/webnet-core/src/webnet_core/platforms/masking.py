"""Hides secrets in what a device said and leaves everything else as it is, line by line.

The device chooses the text, so neither its lines nor its length decide how long this takes: a line longer than the
limit is withheld whole, for a pattern may take time that grows with a line's square; so is all behind the point where
the time is up.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from webnet_core.platforms.literals import needed_literal

LONGEST_LINE: Final = 1000
_KEY_LINES: Final = 400
_KNOWN_CLEAN: Final = 20_000
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----")

Replace: TypeAlias = Callable[[str], str]
Span: TypeAlias = tuple[int, int]


def mask(
    patterns: Sequence[str],
    text: str,
    hide: Replace,
    withhold: Replace,
    *,
    longest: int = LONGEST_LINE,
    seconds: float = 5.0,
) -> str:
    """Return `text` with the secrets that `patterns` find replaced; the number of lines stays.

    Args:
        patterns: A platform's `secrets`: what their groups ``secret…`` hold is hidden.
        text: What the device said.
        hide: Returns what stands in place of a secret.
        withhold: Returns what stands in place of a line that is not looked into.
        longest: Characters of the longest line that is looked into.
        seconds: Longest time to spend.
    """
    masker = _masker(tuple(patterns))
    until = time.monotonic() + seconds
    lines: list[str] = []
    in_key = 0
    late = False
    for line in text.split("\n"):
        if in_key and not _KEY_ENDS.search(line):
            in_key -= 1
            lines.append(_hidden(line, hide))
            continue
        opened = _KEY_BEGINS.search(line)
        in_key = _KEY_LINES if opened and not _KEY_ENDS.search(line, opened.end()) else 0
        late = late or time.monotonic() > until
        unread = len(line) > longest or (late and bool(line.strip()))
        lines.append(withhold(line) if unread else masker.mask(line, hide))
    return "\n".join(lines)


class LineMasker:
    """The secrets of one platform. Lines known to hold none are remembered, for configurations repeat each other."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns: dict[str, list[re.Pattern[str]]] = {}
        for pattern in patterns:
            self._patterns.setdefault(needed_literal(pattern), []).append(re.compile(pattern))
        self._clean: set[str] = set()

    def mask(self, line: str, hide: Replace) -> str:
        """Return `line` with its secrets replaced."""
        if line in self._clean:
            return line
        spans = _merged(self._spans(line))
        if not spans:
            self._remember(line)
            return line
        parts, end = [], 0
        for start, stop in spans:
            parts += [line[end:start], _hidden(line[start:stop], hide)]
            end = stop
        return "".join((*parts, line[end:]))

    def _spans(self, line: str) -> Iterator[Span]:
        for literal, patterns in self._patterns.items():
            if literal in line:
                for pattern in patterns:
                    yield from _secrets(pattern, line)
        for opened in _KEY_BEGINS.finditer(line):
            closed = _KEY_ENDS.search(line, opened.end())
            stop = closed.start() if closed else len(line)
            if line[opened.end() : stop].strip():
                yield opened.end(), stop

    def _remember(self, line: str) -> None:
        if len(line) > LONGEST_LINE:
            return
        if len(self._clean) >= _KNOWN_CLEAN:
            self._clean.clear()
        self._clean.add(line)


@lru_cache(maxsize=64)
def _masker(patterns: tuple[str, ...]) -> LineMasker:
    return LineMasker(patterns)


def _secrets(pattern: re.Pattern[str], line: str) -> Iterator[Span]:
    for match in pattern.finditer(line):
        for name in pattern.groupindex:
            if name.startswith("secret") and match.start(name) < match.end(name):
                yield match.span(name)


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _hidden(secret: str, hide: Replace) -> str:
    return hide(secret) if secret.strip() else secret
