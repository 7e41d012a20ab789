"""What the bars find out, and how it is shown and kept."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One measured number.

    Args:
        what: What was measured, and against what.
        value: The number: a ratio where `unit` is ``x``.
        unit: ``x``, ``s``, ``MB`` or another.
        must, aim: The two targets, at most so much; None where there is none.
    """

    what: str
    value: float
    unit: str = "x"
    must: float | None = None
    aim: float | None = None

    @property
    def verdict(self) -> str:
        """Where the figure stands."""
        if self.must is None:
            return ""
        if self.aim is not None and self.value <= self.aim:
            return "aim reached"
        return "within must" if self.value <= self.must else "MISSED"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One bar: its figures, and the raw numbers of each round."""

    key: str
    title: str
    figures: Sequence[Figure]
    rounds: Sequence[Mapping[str, float]] = field(default_factory=list)


def unjudged(bar: Bar) -> Bar:
    """Return the bar without targets: at other sizes they mean nothing."""
    return replace(bar, figures=[replace(figure, must=None, aim=None) for figure in bar.figures])


def show(bar: Bar) -> None:
    """Print a bar for people."""
    print(f"\nbar {bar.key}: {bar.title}")
    for figure in bar.figures:
        targets = "" if figure.must is None else f"   must {figure.must:g}, aim {figure.aim:g}: {figure.verdict}"
        print(f"  {figure.what}: {figure.value:.3g} {figure.unit}{targets}")
    for number, one in enumerate(bar.rounds, start=1):
        print(f"    round {number}: " + ", ".join(f"{name} {value:.3g}" for name, value in one.items()), flush=True)


def as_table(bars: Sequence[Bar]) -> str:
    """Return the bars as a Markdown table."""
    lines = ["| bar | figure | measured | must | aim | |", "|---|---|---|---|---|---|"]
    for bar in bars:
        for figure in bar.figures:
            must, aim = ("" if target is None else f"{target:g}" for target in (figure.must, figure.aim))
            measured = f"{figure.value:.3g} {figure.unit}"
            lines.append(f"| {bar.key} | {figure.what} | {measured} | {must} | {aim} | {figure.verdict} |")
    return "\n".join(lines) + "\n"


def keep(bars: Sequence[Bar], folder: Path, *, smoke: bool) -> Path:
    """Write the bars as JSON and as a Markdown table; return the table's path."""
    folder.mkdir(exist_ok=True)
    name = time.strftime("%Y%m%d-%H%M%S") + ("-smoke" if smoke else "")
    load = os.getloadavg()
    machine: dict[str, Any] = {"cores": os.cpu_count(), "python": platform.python_version(), "load": load}
    body = {"machine": machine, "smoke": smoke, "bars": [asdict(bar) for bar in bars]}
    (folder / f"{name}.json").write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    table = folder / f"{name}.md"
    told = f"{machine['cores']} cores, Python {machine['python']}, load {load[0]:.1f} at the end\n\n"
    table.write_text(told + as_table(bars), encoding="utf-8")
    return table
