"""Bar 3: how long slow devices take, and what hanging ones cost the healthy."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks import yardstick
from benchmarks.figures import Bar, Figure
from benchmarks.fleets import Fleet, FleetPlan, running_fleet
from benchmarks.workbench import JOB_SECONDS, Workbench, median_of
from tests.e2e.site import wait_for

ROLE = "bar3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it."""

    devices: int = 200
    lines: int = 2000
    workers: int = 100
    hanging: int = 10
    login_seconds: float = 1.0
    command_seconds: float = 0.1
    round_trip_seconds: float = 0.02
    rounds: int = 3


SMOKE = Sizes(devices=4, lines=50, hanging=1, login_seconds=0.2, rounds=1)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Back slow devices up with the yardstick and with webnet, then with webnet while some hang."""
    plan = FleetPlan(
        count=sizes.devices,
        lines=sizes.lines,
        login_seconds=sizes.login_seconds,
        command_seconds=sizes.command_seconds,
        round_trip_seconds=sizes.round_trip_seconds,
    )
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
            fleet.change(f"round {number} with hanging devices")
            healthy = _healthy_wall(bench, fleet, sizes)
            rounds.append({"Y wall": script.wall, "wall": ours.wall, "healthy wall": healthy})
    ratio = median_of(rounds, lambda one: one["wall"] / one["Y wall"])
    hanging = median_of(rounds, lambda one: one["healthy wall"] / one["wall"])
    return Bar(
        key="3",
        title=f"{sizes.devices} devices, {sizes.login_seconds:g} s login, "
        f"{sizes.command_seconds * 1000:g} ms a command, {sizes.round_trip_seconds * 1000:g} ms round trip, "
        f"{sizes.workers} workers",
        figures=[
            Figure(what="wall of the job over the yardstick's", value=ratio, must=1.1, aim=0.95),
            Figure(
                what=f"{sizes.hanging} hang: healthy ones stored, over the clean run",
                value=hanging,
                must=1.2,
                aim=1.1,
            ),
        ],
        rounds=rounds,
    )


def _healthy_wall(bench: Workbench, fleet: Fleet, sizes: Sizes) -> float:
    """Return the seconds from the POST until every device that does not hang is stored."""
    names = list(fleet.ports)
    sick = names[:: len(names) // sizes.hanging][: sizes.hanging]
    bench.sign_in_again()
    with fleet.hanging(sick):
        started = time.monotonic()
        job_id = bench.submit("backup_config", ROLE, workers=sizes.workers)

        def healthy_are_stored() -> bool:
            counts = bench.job(job_id)["counts"]
            return bool(counts["ok"] + counts["changed"] == len(names) - len(sick))

        wait_for(healthy_are_stored, JOB_SECONDS, "the healthy devices", every=0.2)
        wall = time.monotonic() - started
        bench.cancel(job_id)
    bench.check(job_id, fleet, {name: name for name in names}, without=sick)
    return wall
