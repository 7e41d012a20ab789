"""Finds a device's own words for "no" in what it answered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webnet_core.plugins.items import Platform

# A refusal is the whole answer: a marker further down is data, as in a log that quotes an error.
_HEAD_LINES = 5
# Characters first looked at for a few lines at either end of a text.
_PIECE = 2000


def error_pattern(platform: Platform) -> str:
    """Return one regular expression that matches any error marker of the platform; empty where it has none."""
    return f"(?i:{'|'.join(f'(?:{marker})' for marker in platform.errors)})" if platform.errors else ""


def refusal(platform: Platform, answer: str) -> str:
    """Return the line by which a device refused a command, or nothing."""
    pattern = error_pattern(platform)
    if not pattern:
        return ""
    return _first(pattern, [line.strip() for line in first_lines(answer, _HEAD_LINES)])


def refusal_anywhere(platform: Platform, answer: str) -> str:
    """Return the first line with an error marker in what a device printed while it was configured, or nothing."""
    pattern = error_pattern(platform)
    return _first(pattern, [line.strip() for line in answer.splitlines()]) if pattern else ""


def is_complete(platform: Platform, config: str) -> bool:
    """Tell whether a configuration ends the way the platform ends one; true where the platform has no such line."""
    if platform.config_end is None:
        return bool(config.strip())
    last = _last_line(config.rstrip())
    return bool(last) and re.search(platform.config_end, last) is not None


def first_lines(text: str, count: int) -> list[str]:
    """Return the first `count` lines of `text` that are not blank, or all where it has fewer."""
    size = _PIECE
    while True:
        lines = [line for line in text[:size].splitlines() if line.strip()]
        # With one line more than asked for, those asked for are whole.
        if len(lines) > count or size >= len(text):
            return lines[:count]
        size *= 4


def _last_line(text: str) -> str:
    size = _PIECE
    while True:
        lines = text[-size:].splitlines()
        if len(lines) > 1 or size >= len(text):
            return lines[-1] if lines else ""
        size *= 4


def _first(pattern: str, lines: Sequence[str]) -> str:
    return next((line for line in lines if re.search(pattern, line)), "")
