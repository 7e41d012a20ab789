"""Bar 1: what a backup costs in CPU, from the POST to stored snapshots and events."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import yardstick
from benchmarks.figures import Bar, Figure
from benchmarks.fleets import FleetPlan, running_fleet
from benchmarks.workbench import Workbench, median_of

ROLE = "bar1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it."""

    devices: int = 200
    lines: int = 2000
    command_seconds: float = 0.05
    workers: int = 50
    rounds: int = 3


SMOKE = Sizes(devices=4, lines=50, rounds=1)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Back the same devices up with the yardstick and with webnet, in turns; every configuration is new each time."""
    plan = FleetPlan(count=sizes.devices, lines=sizes.lines, command_seconds=sizes.command_seconds)
    rounds: list[dict[str, float]] = []
    with running_fleet(plan, ROLE) as fleet:
        bench.enter(list(fleet.ports.items()), ROLE)
        bench.warm_up(ROLE, sizes.workers)
        for number in range(sizes.rounds):
            fleet.change(f"round {number}")
            script = yardstick.measure(fleet.ports, sizes.workers)
            fleet.quiet()
            ours = bench.run("backup_config", ROLE, workers=sizes.workers)
            bench.check(ours.job_id, fleet, {name: name for name in fleet.ports})
            rounds.append({"Y cpu": script.cpu, "cpu": ours.cpu, "Y wall": script.wall, "wall": ours.wall})
    title = (
        f"backup of {sizes.devices} devices, {sizes.command_seconds * 1000:g} ms a command, {sizes.lines} lines each"
    )
    ratio = median_of(rounds, lambda one: one["cpu"] / one["Y cpu"])
    wall = median_of(rounds, lambda one: one["wall"] / one["Y wall"])
    per_device = median_of(rounds, lambda one: one["cpu"] / sizes.devices * 1000)
    return Bar(
        key="1",
        title=title,
        figures=[
            Figure(what="CPU of the job over the yardstick's", value=ratio, must=1.15, aim=0.6),
            Figure(what="wall of the job over the yardstick's", value=wall),
            Figure(what="CPU of the job for one device", value=per_device, unit="ms"),
        ],
        rounds=rounds,
    )
