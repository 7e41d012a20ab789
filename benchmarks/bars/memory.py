"""Bar 4: whether memory grows with the number of devices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.figures import Bar, Figure
from benchmarks.fleets import FleetPlan, running_fleet
from benchmarks.workbench import JobUse, Workbench, median_of

FEW, MANY = "bar4-few", "bar4-many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it; each of the `few` devices stands for `times` rows of the many."""

    few: int = 100
    times: int = 4
    lines: int = 20_000
    workers: int = 20
    rounds: int = 1


SMOKE = Sizes(few=2, times=2, lines=500, workers=2)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Back few and many devices up, each time from a process that has done nothing large before."""
    rounds: list[dict[str, float]] = []
    with running_fleet(FleetPlan(count=sizes.few, lines=sizes.lines), "bar4") as fleet:
        few = {name: name for name in fleet.ports}
        many = {f"{name}-{time}": name for time in range(sizes.times) for name in fleet.ports}
        for rows, role in ((few, FEW), (many, MANY)):
            bench.enter([(f"{role}-{row}", fleet.ports[name]) for row, name in rows.items()], role)
        for number in range(sizes.rounds):
            fleet.change(f"round {number}")

            def peak(role: str, rows: Mapping[str, str]) -> JobUse:
                bench.fresh_process()
                bench.warm_up(role, sizes.workers)
                used = bench.run("backup_config", role, workers=sizes.workers)
                bench.check(used.job_id, fleet, {f"{role}-{row}": name for row, name in rows.items()})
                return used

            small, large = peak(FEW, few), peak(MANY, many)
            rounds.append({"few MB": small.peak, "many MB": large.peak, "few cpu": small.cpu, "many cpu": large.cpu})
    ratio = median_of(rounds, lambda one: one["many MB"] / one["few MB"])
    return Bar(
        key="4",
        title=f"{len(many)} devices of {sizes.lines} lines over {len(few)} such devices, {sizes.workers} workers",
        figures=[Figure(what="peak memory of the many over that of the few", value=ratio, must=1.3, aim=1.1)],
        rounds=rounds,
    )
