"""Finds a device's own words for "no" in what it answered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from webnet_core.plugins.items import Platform

# A refusal is the whole answer: a marker further down is data, as in a log that quotes an error.
_HEAD_LINES = 5


def error_pattern(platform: Platform) -> str:
    """Return one regular expression that matches any error marker of the platform; empty where it has none."""
    return f"(?i:{'|'.join(f'(?:{marker})' for marker in platform.errors)})" if platform.errors else ""


def refusal(platform: Platform, answer: str) -> str:
    """Return the line by which a device refused a command, or nothing."""
    pattern = error_pattern(platform)
    if not pattern:
        return ""
    head = [line.strip() for line in answer.splitlines() if line.strip()][:_HEAD_LINES]
    return _first(pattern, head)


def refusal_anywhere(platform: Platform, answer: str) -> str:
    """Return the first line with an error marker in what a device printed while it was configured, or nothing."""
    pattern = error_pattern(platform)
    return _first(pattern, [line.strip() for line in answer.splitlines()]) if pattern else ""


def is_complete(platform: Platform, config: str) -> bool:
    """Tell whether a configuration ends the way the platform ends one; true where the platform has no such line."""
    if platform.config_end is None:
        return bool(config.strip())
    lines = config.rstrip().splitlines()
    return bool(lines) and re.search(platform.config_end, lines[-1]) is not None


def _first(pattern: str, lines: Sequence[str]) -> str:
    return next((line for line in lines if re.search(pattern, line)), "")
