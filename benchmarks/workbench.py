"""A running site and what every bar does with it: enter devices, run jobs, count their use, check what is kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any

import httpx

from benchmarks import processes
from benchmarks.conversations import Conversation
from benchmarks.fleets import PASSWORD, USERNAME, Fleet
from tests.e2e.site import Site, browser_cookie, sign_in, wait_for

JOB_SECONDS = 3600
_ENDED = frozenset({"success", "partial", "failed", "cancelled", "interrupted"})


@dataclass(frozen=True, kw_only=True, slots=True)
class JobUse:
    """What one job used: seconds of the site's CPU, seconds from POST to end, MB of memory at its peak."""

    job_id: int
    cpu: float
    wall: float
    peak: float


class Workbench:
    """An example project that serves in a process of its own, with an administrator signed in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._inside = Conversation("benchmarks.site_process", env=site.environment)
        self._inside.hear()
        self._client: httpx.Client | None = None

    @property
    def pid(self) -> int:
        """The process that serves pages, API and sockets and runs jobs, with SQLite in it."""
        assert self.site.process is not None
        return self.site.process.pid

    @property
    def client(self) -> httpx.Client:
        """A REST client that is signed in."""
        if self._client is None:
            self.sign_in_again()
        assert self._client is not None
        return self._client

    def sign_in_again(self) -> None:
        """Sign in now: a token lives fifteen minutes."""
        self._client = sign_in(self.site.url, "admin", "a-long-password")
        self._client.timeout = httpx.Timeout(300)

    def close(self) -> None:
        """End what was started here; the site serves on."""
        self._inside.close()

    def fresh_process(self) -> None:
        """Serve the same site from a new process, whose memory no earlier job has touched."""
        self.site.stop()
        self.site.start()
        self.sign_in_again()

    def cookie(self) -> str:
        """Return the cookie of a signed-in browser."""
        return browser_cookie(self.site)

    def enter(self, rows: Sequence[tuple[str, int]], role: str) -> None:
        """Put devices of this role into the inventory; a row is a name and the port of the device it stands for."""
        self._inside.ask("enter", list(rows), role, USERNAME, PASSWORD)

    def warm_up(self, role: str, workers: int = 50) -> None:
        """Contact every device once, so that its host key is known and everything is imported."""
        self.run("run_commands", role, params={"commands": ["show clock"]}, workers=workers)

    def run(self, task: str, role: str, *, params: Mapping[str, Any] | None = None, workers: int = 50) -> JobUse:
        """Run a job over the devices of a role to its end, and say what it used.

        Raises:
            AssertionError: It did not succeed on every device.
        """
        self.sign_in_again()
        client = self.client
        processes.forget_peak(self.pid)
        cpu, started = processes.cpu_seconds(self.pid), time.monotonic()
        job_id = self.submit(task, role, params=params, workers=workers)
        job = self.ended(job_id)
        wall = time.monotonic() - started
        assert job["status"] == "success", (job, client.get(f"jobs/{job_id}/results/?status=failed&limit=3").text)
        return JobUse(
            job_id=job_id,
            cpu=processes.cpu_seconds(self.pid) - cpu,
            wall=wall,
            peak=processes.peak_megabytes(self.pid),
        )

    def submit(self, task: str, role: str, *, params: Mapping[str, Any] | None = None, workers: int = 50) -> int:
        """Submit a job over the devices of a role and return its id."""
        body = {"task": task, "targets": {"role": role}, "params": params or {}, "options": {"workers": workers}}
        answer = self.client.post("tasks/execute/", json=body)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        return int(answer.json()["job_id"])

    def job(self, job_id: int) -> dict[str, Any]:
        """Return the job's row, without its hosts."""
        answer = self.client.get(f"jobs/{job_id}/")
        assert answer.status_code == httpx.codes.OK, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def ended(self, job_id: int) -> dict[str, Any]:
        """Wait until the job has ended and return its row."""

        def look() -> dict[str, Any] | None:
            job = self.job(job_id)
            return job if job["status"] in _ENDED else None

        return wait_for(look, JOB_SECONDS, f"the end of job {job_id}", every=0.2)

    def cancel(self, job_id: int) -> float:
        """Cancel a job and wait for its end; return the seconds until the cancelling was answered."""
        started = time.monotonic()
        answer = self.client.post(f"jobs/{job_id}/cancel/")
        seconds = time.monotonic() - started
        assert answer.is_success, answer.text
        self.ended(job_id)
        return seconds

    def check(self, job_id: int, fleet: Fleet, names: Mapping[str, str], without: Sequence[str] = ()) -> None:
        """The gate: the job stored exactly what every device sent, and no session is left open.

        Args:
            job_id: A backup over devices that had all changed before.
            fleet: The devices.
            names: The device that each row of the inventory stands for.
            without: Rows that had no chance: their devices hang.

        Raises:
            AssertionError: Something was kept that the device did not send, or was not kept, or a session stands.
        """
        sent = fleet.digests()
        kept: dict[str, str] = self._inside.ask("stored", job_id)
        expected = {row: sent[device] for row, device in names.items() if row not in without}
        wrong = sorted(row for row in expected.keys() | kept.keys() if expected.get(row) != kept.get(row))
        what = f"job {job_id} stored something else than what {len(wrong)} devices sent: {wrong[:5]}"
        assert not wrong, f"{what}\n{self._difference(job_id, fleet, names, wrong[0])}"
        fleet.quiet()

    def _difference(self, job_id: int, fleet: Fleet, names: Mapping[str, str], row: str) -> str:
        sent = fleet.config(names[row]) if row in names else ""
        kept = str(self._inside.ask("text", job_id, row))
        lines = unified_diff(sent.splitlines(), kept.splitlines(), "sent", "stored", n=1, lineterm="")
        return "\n".join(islice(map(repr, lines), 20))


def median_of(rounds: Sequence[Mapping[str, float]], figure: Callable[[Mapping[str, float]], float]) -> float:
    """Return the median over the rounds of a figure of one round."""
    return statistics.median(figure(one) for one in rounds)
