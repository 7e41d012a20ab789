"""Bar 6: what a line of a job's log costs the server for each person who watches."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from websockets.asyncio.client import connect

from benchmarks import processes
from benchmarks.figures import Bar, Figure
from benchmarks.fleets import FleetPlan, running_fleet
from benchmarks.workbench import Workbench, median_of
from tests.e2e.site import ROOT, wait_for
from webnet_core.testing.ports import free_port

ROLE = "bar6"
SECONDS = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How much of it."""

    watchers: int = 100
    devices: int = 10
    lines: int = 200
    rounds: int = 3


SMOKE = Sizes(watchers=3, devices=2, lines=20, rounds=1)


def run(bench: Workbench, sizes: Sizes) -> Bar:
    """Let a talkative job be watched by nobody and by many; let many watch the same lines sent one by one."""
    rounds: list[dict[str, float]] = []
    with running_fleet(FleetPlan(count=sizes.devices), ROLE) as fleet, _naive_server(bench) as naive:
        bench.enter(list(fleet.ports.items()), ROLE)
        bench.warm_up(ROLE)
        cookie = bench.cookie()
        for _ in range(sizes.rounds):
            alone = _watched_job(bench, cookie, 0, sizes)
            watched = _watched_job(bench, cookie, sizes.watchers, sizes)
            lines = sizes.devices * sizes.lines
            one_by_one = naive.cost(sizes.watchers, lines)
            deliveries = sizes.watchers * lines
            rounds.append(
                {
                    "alone cpu": alone,
                    "watched cpu": watched,
                    "us a line": max(watched - alone, 0) / deliveries * 1e6,
                    "one by one us": one_by_one / deliveries * 1e6,
                }
            )
        fleet.quiet()
    ratio = median_of(rounds, lambda one: one["us a line"] / one["one by one us"])
    cost = median_of(rounds, lambda one: one["us a line"])
    return Bar(
        key="6",
        title=f"{sizes.devices * sizes.lines} lines of a job's log to {sizes.watchers} WebSocket clients",
        figures=[
            Figure(what="CPU of a delivered line over one message a line", value=ratio, must=0.25, aim=0.08),
            Figure(what="CPU of a delivered line", value=cost, unit="us"),
        ],
        rounds=rounds,
    )


def _watched_job(bench: Workbench, cookie: str, watchers: int, sizes: Sizes) -> float:
    """Run the talkative job before `watchers` open sockets; return the site's CPU seconds.

    Raises:
        AssertionError: A watcher did not get every event once and in order.
    """
    bench.sign_in_again()
    headers = {"Cookie": cookie, "Origin": bench.site.url}
    crowd = Crowd(f"ws://127.0.0.1:{bench.site.port}/ws/live/", headers, watchers)
    with crowd.seated():
        before = processes.cpu_seconds(bench.pid)
        job_id = bench.submit("testapp.chatter", ROLE, params={"lines": sizes.lines})
        crowd.say({"subscribe": f"job:{job_id}", "after": 0})
        job = bench.ended(job_id)
        numbers = crowd.heard()
        used = processes.cpu_seconds(bench.pid) - before
    assert job["status"] == "success", job
    wanted = list(range(1, len(numbers[0]) + 1)) if numbers else []
    assert all(heard == wanted for heard in numbers), "a watcher missed an event, or got one twice"
    assert not numbers or len(wanted) >= sizes.devices * sizes.lines
    return used


class Crowd:
    """Many sockets in one thread: what they hear is collected until each has heard the end.

    Args:
        address: Where they connect to.
        headers: What they show.
        size: How many.
    """

    def __init__(self, address: str, headers: dict[str, str], size: int) -> None:
        self._address, self._headers, self._size = address, headers, size
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Barrier(2)
        self._order: asyncio.Queue[str] = asyncio.Queue()
        self._words: asyncio.Future[str] = self._loop.create_future()
        self._numbers: list[list[int]] = []
        self._done = threading.Event()

    @contextmanager
    def seated(self) -> Iterator[None]:
        """Connect all of them for the length of the block."""
        thread = threading.Thread(target=self._loop.run_until_complete, args=(self._sit(),), daemon=True)
        thread.start()
        self._ready.wait(60)
        try:
            yield
        finally:
            if not self._words.done():
                self._loop.call_soon_threadsafe(self._words.cancel)
            thread.join(30)

    def say(self, body: object) -> None:
        """Let each of them send this, and listen from then on."""
        self._loop.call_soon_threadsafe(self._words.set_result, json.dumps(body))

    def heard(self) -> list[list[int]]:
        """Wait until each has heard the end; return the numbers each heard, in order."""
        if not self._done.wait(SECONDS):
            message = "the watchers did not hear the end"
            raise AssertionError(message)
        return self._numbers

    async def _sit(self) -> None:
        sockets = [
            await connect(self._address, additional_headers=self._headers, max_size=None) for _ in range(self._size)
        ]
        await asyncio.to_thread(self._ready.wait, 60)
        try:
            words = await self._words
            self._numbers = await asyncio.gather(*(self._listen(socket, words) for socket in sockets))
            self._done.set()
        except asyncio.CancelledError:
            pass
        for socket in sockets:
            await socket.close()

    async def _listen(self, socket: object, words: str) -> list[int]:
        numbers: list[int] = []
        await socket.send(words)  # type: ignore[attr-defined]
        async for text in socket:  # type: ignore[attr-defined]
            message = json.loads(text)
            if message.get("type") == "finished":
                break
            numbers += [event["seq"] for event in message["events"]]
        return numbers


class _Naive:
    """A server that sends one message a line."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid, self._port = pid, port

    def cost(self, watchers: int, lines: int) -> float:
        """Return the server's CPU seconds for that many lines before that many watchers."""
        crowd = Crowd(f"ws://127.0.0.1:{self._port}/", {}, watchers)
        with crowd.seated():
            before = processes.cpu_seconds(self._pid)
            crowd.say({"lines": lines})
            numbers = crowd.heard()
            used = processes.cpu_seconds(self._pid) - before
        assert [len(heard) for heard in numbers] == [lines] * watchers, "the channel layer lost lines"
        return used


@contextmanager
def _naive_server(bench: Workbench) -> Iterator[_Naive]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen([*command, "benchmarks.one_by_one:application"], cwd=ROOT, env=bench.site.environment)
    try:
        wait_for(lambda: _listens(port), 30, "the server that sends line by line")
        yield _Naive(process.pid, port)
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    import socket  # noqa: PLC0415 - one use

    with socket.socket() as probe:
        time.sleep(0.05)
        return probe.connect_ex(("127.0.0.1", port)) == 0
