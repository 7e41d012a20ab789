"""Figures at size: an inventory of 10,000 rows and one job over 2,000 devices that answer. Nothing is judged."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks import processes, yardstick
from benchmarks.bars.first_event import first_event
from benchmarks.figures import Bar, Figure
from benchmarks.fleets import FleetPlan, running_fleet
from benchmarks.workbench import Workbench

ROLE, REST = "size", "size-rest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it: `devices` answer, `rows` are in the inventory."""

    devices: int = 2000
    rows: int = 10_000
    lines: int = 200
    workers: int = 50


SMOKE = Sizes(devices=4, rows=40, lines=20)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Enter the rows, look at them, back the devices up with the yardstick and with webnet."""
    with running_fleet(FleetPlan(count=sizes.devices, lines=sizes.lines), ROLE) as fleet:
        bench.enter(list(fleet.ports.items()), ROLE)
        port = next(iter(fleet.ports.values()))
        bench.enter([(f"{REST}-{number:05d}", port) for number in range(sizes.rows - sizes.devices)], REST)
        bench.warm_up(ROLE, sizes.workers)
        fleet.change("for the size")
        script = yardstick.measure(fleet.ports, sizes.workers)
        fleet.quiet()
        held = processes.held_megabytes(bench.pid)
        ours = bench.run("backup_config", ROLE, workers=sizes.workers)
        bench.check(ours.job_id, fleet, {name: name for name in fleet.ports})
        waited = first_event(bench, bench.cookie(), ROLE)
        page = _seconds_of(bench, "devices/?limit=50")
    return Bar(
        key="size",
        title=f"{sizes.rows} device rows, one job over {sizes.devices} devices of {sizes.lines} lines",
        figures=[
            Figure(what="wall of the job", value=ours.wall, unit="s"),
            Figure(what="wall of the job over the yardstick's", value=ours.wall / script.wall),
            Figure(what="CPU of the job for one device", value=ours.cpu / sizes.devices * 1000, unit="ms"),
            Figure(what="CPU of the job over the yardstick's", value=ours.cpu / script.cpu),
            Figure(what="memory before the job", value=held, unit="MB"),
            Figure(what="peak memory of the job", value=ours.peak, unit="MB"),
            Figure(what="from POST to first event", value=waited.event, unit="s"),
            Figure(what="one page of 50 devices over REST", value=page, unit="s"),
        ],
        rounds=[{"Y cpu": script.cpu, "cpu": ours.cpu, "Y wall": script.wall, "wall": ours.wall}],
    )


def _seconds_of(bench: Workbench, address: str) -> float:
    started = time.monotonic()
    assert bench.client.get(address).is_success
    return time.monotonic() - started
