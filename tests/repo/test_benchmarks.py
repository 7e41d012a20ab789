"""What the benchmarks say is what was measured, and their gate can fail."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import figures, processes, yardstick
from benchmarks.fleets import FleetPlan, running_fleet
from benchmarks.workbench import Workbench


def test_a_figure_is_judged_against_both_targets():
    verdicts = [figures.Figure(what="", value=value, must=1.2, aim=0.6).verdict for value in (0.6, 0.61, 1.2, 1.21)]
    assert verdicts == ["aim reached", "within must", "within must", "MISSED"]
    assert figures.Figure(what="", value=7).verdict == ""


def test_tiny_runs_are_not_judged(tmp_path: Path):
    bar = figures.Bar(key="1", title="", figures=[figures.Figure(what="CPU", value=9, must=1.15, aim=0.6)])
    table = figures.keep([figures.unjudged(bar)], tmp_path, smoke=True)
    assert "MISSED" in figures.as_table([bar])
    assert "MISSED" not in table.read_text()
    assert table.with_suffix(".json").exists()


def test_cpu_time_is_that_of_the_process():
    before = processes.cpu_seconds(os.getpid())
    own = os.times().user + os.times().system
    while os.times().user + os.times().system - own < 0.1:
        sum(range(10_000))
    assert 0.05 <= processes.cpu_seconds(os.getpid()) - before < 5


class Insider:
    """Stands for the process inside the site: says what it is told to have stored."""

    def __init__(self, stored: dict[str, str]) -> None:
        self.stored = stored

    def ask(self, do: str, *arguments: object) -> dict[str, str]:
        return self.stored


def bench_that_stored(stored: dict[str, str]) -> Workbench:
    bench = Workbench.__new__(Workbench)
    bench._inside = Insider(stored)
    return bench


def test_the_gate_fails_where_something_else_was_stored_than_was_sent():
    with running_fleet(FleetPlan(count=2, lines=10), "gate") as fleet:
        sent, names = fleet.digests(), {name: name for name in fleet.ports}
        bench_that_stored(sent).check(1, fleet, names)
        first, second = names
        for wrong in ({first: sent[first]}, {**sent, second: sent[first]}, {**sent, "ghost": sent[first]}):
            with pytest.raises(AssertionError, match="stored something else"):
                bench_that_stored(wrong).check(1, fleet, names)


def test_the_yardstick_counts_no_run_in_which_a_host_failed():
    with running_fleet(FleetPlan(count=1, lines=10), "yard") as fleet:
        assert yardstick.measure(fleet.ports, 2).failed == 0
        with pytest.raises(AssertionError, match="failed on 1 hosts"):
            yardstick.measure({**fleet.ports, "nobody": 1}, 2)
