"""Whether an answer is a whole configuration. What is not is never stored, so the last good one stands."""

from __future__ import annotations

import re

from webnet_core.plugins.items import Platform
from webnet_nornir.markers import first_lines, is_complete, refusal

FEWEST_LINES = 3
_PAGING = re.compile(
    r"^[ \t]*(?:-{2,4} ?\(?more\)? ?-{2,4}|<-+ more -+>|lines \d+-\d+(?:/\d+)?(?: \(END\))?[ \t\r]*$)",
    re.IGNORECASE | re.MULTILINE,
)
# Without one of these words there is no pager, and looking for a word is much faster than looking for the pattern.
_PAGER_WORDS = ("more", "lines ")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def find_flaw(platform: Platform, text: str) -> str:
    """Say what is wrong with `text` as a configuration of `platform`, in one sentence; empty where nothing is."""
    if not text or text.isspace():
        return "The device answered with nothing."
    if not text.isascii() and _LONE_SURROGATE.search(text):
        return "The answer holds bytes that are no text; the connection or its encoding is broken."
    if refused := refusal(platform, text):
        return f"The device answered with an error: {_shown(refused)}."
    return _missing_part(platform, text)


def _missing_part(platform: Platform, text: str) -> str:
    head = first_lines(text, FEWEST_LINES)
    if len(head) < FEWEST_LINES:
        return f"The answer has {len(head)} lines, which is no configuration; it ends with {_shown(head[-1])}."
    if paging := _find_pager(text):
        return f"The answer stopped at a pager ({_shown(paging.group())}); paging is not switched off on this device."
    if not is_complete(platform, text):
        ending = f"not the way a configuration of {platform.label} ends"
        last = [line for line in text.splitlines() if line.strip()][-1]
        return f"The answer is cut off: it ends with {_shown(last)}, {ending}."
    return ""


def _find_pager(text: str) -> re.Match[str] | None:
    if text.isascii():  # beyond it, other letters match the pattern's without regard to case
        lowered = text.lower()
        if not any(word in lowered for word in _PAGER_WORDS):
            return None
    return _PAGING.search(text)


def _shown(line: str) -> str:
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
    return repr(printable.strip()[:80])
