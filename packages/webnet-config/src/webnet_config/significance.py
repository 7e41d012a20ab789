"""What of a configuration counts: the text without volatile lines, terminal codes and blanks at line ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from webnet_core.plugins.items import Platform

_TERMINAL_CODES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])")
_LINE_ENDS = " \t\r\x00\x07"
_GLOBAL_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
# difflib's time grows at least with the product of both sides, and a device chooses the text; above this many pairs
# lines are counted without regard to their order.
_PAIRS = 100_000


def significant_text(platform: Platform, text: str) -> str:
    """Return what of `text` decides whether a configuration changed."""
    cleaned = _TERMINAL_CODES.sub("", text)
    cleaned = "\n".join([line.rstrip(_LINE_ENDS) for line in cleaned.split("\n")])
    volatile = _volatile(tuple(platform.volatile))
    return (cleaned if volatile is None else volatile.sub("", cleaned)).strip("\n")


@lru_cache(maxsize=128)
def _volatile(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One expression for all volatile lines; its anchor stands outside the group, which makes it much faster."""
    if not patterns:
        return None
    anchored = [_scoped(pattern[1:]) for pattern in patterns if pattern.startswith("^")]
    floating = [f"[^\\n]*?{_scoped(pattern)}" for pattern in patterns if not pattern.startswith("^")]
    return re.compile(rf"^(?:{'|'.join((*anchored, *floating))})[^\n]*(?:\n|\Z)", re.MULTILINE)


def _scoped(pattern: str) -> str:
    flags = _GLOBAL_FLAGS.match(pattern)
    return f"(?{flags.group(1)}:{pattern[flags.end() :]})" if flags else f"(?:{pattern})"


def count_changes(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many lines `after` has that `before` had not, and how many are gone."""
    head = _common(before, after)
    before, after = before[head:], after[head:]
    tail = _common(before[::-1], after[::-1])
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    if len(before) * len(after) > _PAIRS:
        old, new = Counter(before), Counter(after)
        return (new - old).total(), (old - new).total()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    same = sum(block.size for block in matcher.get_matching_blocks())
    return len(after) - same, len(before) - same


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
