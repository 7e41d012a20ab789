"""The one status vocabulary: every state of a host, job, device, plan or rule as one of ten looks, and its word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusLook:
    """How a state is shown: `key` selects colour, `icon` the shape (never colour alone), `word` the text."""

    key: str
    icon: str
    word: str


ICONS: Mapping[str, str] = {
    "ok": "circle-check",
    "changed": "pencil",
    "failed": "octagon-x",
    "unreachable": "unplug",
    "running": "loader-circle",
    "queued": "clock",
    "skipped": "circle-minus",
    "cancelled": "ban",
    "unknown": "diamond-question",
    "armed": "shield-check",
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "ok": {
        "ok": "OK",
        "success": "Succeeded",
        "succeeded": "Succeeded",
        "reachable": "Reachable",
        "pass": "Pass",
        "confirmed": "Confirmed",
    },
    "changed": {"changed": "Changed", "partial": "Partial", "drift": "Drift", "warning": "Warning"},
    "failed": {"failed": "Failed", "fail": "Fail", "error": "Error"},
    "unreachable": {"unreachable": "Unreachable"},
    "running": {"running": "Running", "previewing": "Previewing", "info": "Note"},
    "queued": {
        "queued": "Queued",
        "pending": "Pending",
        "scheduled": "Scheduled",
        "draft": "Draft",
        "not_evaluated": "Not evaluated",
        "no_data": "No data",
        "never": "Never contacted",
    },
    "skipped": {"skipped": "Skipped", "disabled": "Disabled", "waived": "Waived"},
    "cancelled": {"cancelled": "Cancelled", "withdrawn": "Withdrawn"},
    "unknown": {"unknown": "Unknown", "interrupted": "Interrupted", "needs_attention": "Needs attention"},
    "armed": {"armed": "Armed", "previewed": "Previewed", "approved": "Approved", "reverted": "Reverted"},
}

_OWN_ICONS: Mapping[str, str] = {"partial": "contrast", "warning": "triangle-alert", "info": "info"}

LOOKS: Mapping[str, StatusLook] = {
    state: StatusLook(key=key, icon=_OWN_ICONS.get(state, ICONS[key]), word=word)
    for key, words in _WORDS.items()
    for state, word in words.items()
}

HOST_STATES = ("ok", "changed", "failed", "unreachable", "unknown", "skipped", "cancelled", "running", "pending")
"""States of a host in the order in which a progress bar shows them."""


def look_of(state: object) -> StatusLook:
    """Return how `state` (a status string or enum member) is shown; a state nobody registered shows as unknown."""
    value = str(getattr(state, "value", state))
    known = LOOKS.get(value)
    if known is not None:
        return known
    return StatusLook(key="unknown", icon=ICONS["unknown"], word=value.replace("_", " ").capitalize() or "Unknown")


def describe_looks(states: tuple[str, ...] = HOST_STATES) -> dict[str, dict[str, str]]:
    """Return the looks of `states` as plain data, for the scripts that patch a live page."""
    return {
        state: {"key": look.key, "icon": look.icon, "word": look.word} for state in states for look in [look_of(state)]
    }
