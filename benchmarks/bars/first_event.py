"""Bar 5: how long somebody who starts a job looks at nothing."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from websockets.sync.client import connect

from benchmarks.figures import Bar, Figure
from benchmarks.fleets import Fleet, FleetPlan, running_fleet
from benchmarks.workbench import Workbench, median_of

FEW, MANY = "bar5-few", "bar5-many"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it."""

    few: int = 10
    many: int = 10_000
    devices: int = 10
    rounds: int = 5


SMOKE = Sizes(few=2, many=50, devices=2, rounds=1)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Start a job over few and over many rows in turns, with a socket open; cancel it at the first event."""
    rounds: list[dict[str, float]] = []
    with running_fleet(FleetPlan(count=sizes.devices), "bar5") as fleet:
        enter(bench, fleet, sizes.few, FEW)
        enter(bench, fleet, sizes.many, MANY)
        bench.warm_up(FEW)
        cookie = bench.cookie()
        for _ in range(sizes.rounds):
            few, many = (first_event(bench, cookie, role) for role in (FEW, MANY))
            fleet.quiet()
            rounds.append(
                {
                    "few POST": few.post,
                    "few": few.event,
                    "many POST": many.post,
                    "many": many.event,
                    "many cancel": many.cancel,
                }
            )
    first = median_of(rounds, lambda one: one["many"])
    ratio = median_of(rounds, lambda one: one["many"] / one["few"])
    return Bar(
        key="5",
        title=f"POST of a job on {sizes.many} devices to the first event on a WebSocket",
        figures=[
            Figure(what="from POST to first event", value=first, unit="s", must=1.5, aim=0.5),
            Figure(what=f"the same over {sizes.few} devices", value=ratio, must=5, aim=2),
        ],
        rounds=rounds,
    )


def enter(bench: Workbench, fleet: Fleet, count: int, role: str) -> None:
    """Enter `count` rows that the fleet's devices stand for in turn."""
    ports = list(fleet.ports.values())
    bench.enter([(f"{role}-{number:05d}", ports[number % len(ports)]) for number in range(count)], role)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waited:
    """Seconds: until the POST was answered, until a socket told an event, and for the POST that cancels."""

    post: float
    event: float
    cancel: float


def first_event(bench: Workbench, cookie: str, role: str) -> Waited:
    """Start a job with a socket open, cancel it at its first event, and say how long each took."""
    bench.sign_in_again()
    headers = {"Cookie": cookie, "Origin": bench.site.url}
    address = f"ws://127.0.0.1:{bench.site.port}/ws/live/"
    with connect(address, additional_headers=headers, max_size=None) as socket:
        started = time.monotonic()
        job_id = bench.submit("run_commands", role, params={"commands": ["show clock"]})
        posted = time.monotonic() - started
        socket.send(json.dumps({"subscribe": f"job:{job_id}", "after": 0}))
        while not json.loads(socket.recv(timeout=60)).get("events"):
            pass
        told = time.monotonic() - started
    return Waited(post=posted, event=told, cancel=bench.cancel(job_id))
