"""Whether an answer is a whole configuration. What is not is never stored, so the last good one stands."""

from __future__ import annotations

import re
from functools import lru_cache

from webnet_core.plugins.items import Platform

FEWEST_LINES = 3
_FIRST_LINES = 5
_PAGING = re.compile(
    r"^[ \t]*(?:-{2,4} ?\(?more\)? ?-{2,4}|<-+ more -+>|lines \d+-\d+\b|press any key\b)", re.IGNORECASE | re.MULTILINE
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def find_flaw(platform: Platform, text: str) -> str:
    """Say what is wrong with `text` as a configuration of `platform`, in one sentence; empty where nothing is."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "The device answered with nothing."
    if _LONE_SURROGATE.search(text):
        return "The answer holds bytes that are no text; the connection or its encoding is broken."
    if marker := _error_marker(platform, lines):
        return f"The device answered with an error: {_shown(marker)}."
    return _missing_part(platform, text, lines)


def _missing_part(platform: Platform, text: str, lines: list[str]) -> str:
    if len(lines) < FEWEST_LINES:
        return f"The answer has {len(lines)} lines, which is no configuration; it ends with {_shown(lines[-1])}."
    if paging := _PAGING.search(text):
        return f"The answer stopped at a pager ({_shown(paging.group())}); paging is not switched off on this device."
    if platform.config_end is not None and not re.search(platform.config_end, lines[-1]):
        ending = f"not the way a configuration of {platform.label} ends"
        return f"The answer is cut off: it ends with {_shown(lines[-1])}, {ending}."
    return ""


def _error_marker(platform: Platform, lines: list[str]) -> str:
    pattern = _errors(tuple(platform.errors))
    if pattern is None:
        return ""
    return next((line for line in lines[:_FIRST_LINES] if pattern.search(line.strip())), "")


@lru_cache(maxsize=128)
def _errors(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None


def _shown(line: str) -> str:
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
    return repr(printable.strip()[:80])
