"""Hides secrets in a configuration and leaves everything else as it is, line by line.

In place of a secret stands a short keyed fingerprint: it tells that a secret was changed, and nothing else about it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from webnet_core.plugins.items import Platform

#: Goes up whenever the same text would be masked differently by webnet itself.
MASK_VERSION: Final = 1
LONGEST_LINE: Final = 1000
_KEY_LINES: Final = 400
_KNOWN_CLEAN: Final = 20_000
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----")

Fingerprint: TypeAlias = Callable[[str], str]
Span: TypeAlias = tuple[int, int]


def mask(platform: Platform, text: str, fingerprint: Fingerprint, *, seconds: float = 5.0) -> str:
    """Return `text` with the secrets that the platform's patterns find replaced; the number of lines stays.

    A line longer than `LONGEST_LINE` is withheld whole: patterns may take time that grows with its square, and a device
    chooses its length. So is every line behind the point where `seconds` have gone by.

    Args:
        platform: Its `secrets` say what to hide.
        text: A configuration.
        fingerprint: Returns a short keyed digest of a secret.
        seconds: Longest time to spend.
    """
    masker = _masker(tuple(platform.secrets))
    until = time.monotonic() + seconds
    return "\n".join(_masked_lines(masker, text.split("\n"), fingerprint, until))


def _masked_lines(masker: LineMasker, lines: Sequence[str], fingerprint: Fingerprint, until: float) -> Iterator[str]:
    in_key = 0
    late = False
    for line in lines:
        if in_key and not _KEY_ENDS.search(line):
            in_key -= 1
            yield _hidden(line, fingerprint)
            continue
        opened = _KEY_BEGINS.search(line)
        in_key = _KEY_LINES if opened and not _KEY_ENDS.search(line, opened.end()) else 0
        late = late or time.monotonic() > until
        if len(line) > LONGEST_LINE or (late and line.strip()):
            yield _withheld(line, fingerprint)
        else:
            yield masker.mask(line, fingerprint)


class LineMasker:
    """The secrets of one platform. Lines known to hold none are remembered, for configurations repeat each other."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [re.compile(pattern) for pattern in patterns]
        self._clean: set[str] = set()

    def mask(self, line: str, fingerprint: Fingerprint) -> str:
        """Return `line` with its secrets replaced."""
        if line in self._clean:
            return line
        spans = _merged(self._spans(line))
        if not spans:
            self._remember(line)
            return line
        parts, end = [], 0
        for start, stop in spans:
            parts += [line[end:start], _hidden(line[start:stop], fingerprint)]
            end = stop
        return "".join((*parts, line[end:]))

    def _spans(self, line: str) -> Iterator[Span]:
        for pattern in self._patterns:
            for match in pattern.finditer(line):
                for name in pattern.groupindex:
                    if name.startswith("secret") and match.start(name) < match.end(name):
                        yield match.span(name)
        for opened in _KEY_BEGINS.finditer(line):
            closed = _KEY_ENDS.search(line, opened.end())
            stop = closed.start() if closed else len(line)
            if line[opened.end() : stop].strip():
                yield opened.end(), stop

    def _remember(self, line: str) -> None:
        if len(self._clean) >= _KNOWN_CLEAN:
            self._clean.clear()
        self._clean.add(line)


@lru_cache(maxsize=64)
def _masker(patterns: tuple[str, ...]) -> LineMasker:
    return LineMasker(patterns)


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _hidden(secret: str, fingerprint: Fingerprint) -> str:
    return f"<hidden {fingerprint(secret)}>" if secret.strip() else secret


def _withheld(line: str, fingerprint: Fingerprint) -> str:
    return f"<line of {len(line)} characters withheld {fingerprint(line)}>"
