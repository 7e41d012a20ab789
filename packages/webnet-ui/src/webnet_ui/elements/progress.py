"""The stacked bar of a job's hosts: drawn as SVG, so that no style attribute is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webnet_ui.statuses import HOST_STATES, look_of

WIDTH = 1000
_LAST = ("running", "pending")


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """One state's part of the bar, in units of a bar 1000 wide."""

    state: str
    key: str
    icon: str
    word: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """A bar ready to draw; `label` says the same in words."""

    segments: tuple[Segment, ...]
    total: int
    label: str


def measure_progress(counts: Mapping[str, int]) -> Progress:
    """Turn a count of hosts for each state into segments; states without hosts get a segment of no width, so that a
    live page can grow it.
    """
    plain = {str(getattr(state, "value", state)): number for state, number in counts.items()}
    total = sum(plain.values())
    segments: list[Segment] = []
    position = 0.0
    for state in HOST_STATES:
        count = plain.get(state, 0)
        width = WIDTH * count / total if total else 0.0
        look = look_of(state)
        segments.append(
            Segment(
                state=state,
                key=look.key,
                icon=look.icon,
                word=look.word.lower() if look.word != "OK" else "ok",
                count=count,
                x=round(position, 2),
                width=round(width, 2),
            )
        )
        position += width
    return Progress(segments=tuple(segments), total=total, label=describe_counts(plain, total))


def describe_counts(counts: Mapping[str, int], total: int) -> str:
    """Return the counts in words: ``38 ok, 1 failed of 60``."""
    words = [f"{counts[state]} {look_of(state).word.lower()}" for state in HOST_STATES if counts.get(state)]
    return f"{', '.join(words)} of {total}" if words else "no hosts"
