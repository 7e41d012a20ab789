"""One machine on SQLite under pressure: doubled requests, two changes for one device, many writers at once."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.site import ROOT, Site, add_devices, by_name, execute, finished, running
from webnet_sim.faults import make_fault
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec

NAMES = tuple(f"device-{number}" for number in range(4))
PRESSURE_SECONDS = 6.0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(Site(state=tmp_path_factory.mktemp("one-machine"))) as found:
        yield found


@pytest.fixture(scope="module")
def network(site: Site) -> Iterator[Network]:
    """Four devices in the inventory; the last takes a second for every command."""
    slow = DeviceSpec(name=NAMES[-1], faults=(make_fault("slow", seconds=1.0),))
    with Network([*(DeviceSpec(name=name) for name in NAMES[:-1]), slow]) as found:
        rows = [
            {"name": name, "port": found[name].port, "platform": "cisco_ios", "username": "admin", "password": "admin"}
            for name in NAMES
        ]
        add_devices(site, rows)
        yield found


@pytest.fixture(autouse=True)
def _fresh_transcripts(network: Network) -> None:
    for name in network:
        network[name].transcript.clear()


def _ids(client: httpx.Client) -> dict[str, int]:
    return {row["hostname"]: row["id"] for row in client.get("devices/", params={"limit": 50}).json()["results"]}


@pytest.mark.parametrize("by", ["submission_id", "Idempotency-Key"])
def test_a_request_sent_twenty_times_at_once_makes_one_job(site: Site, network: Network, by: str) -> None:
    client, once = site.client(), str(uuid.uuid4())
    body = {"task": "run_commands", "targets": {"hostname": NAMES[0]}, "params": {"commands": ["show clock"]}}
    headers = {by: once} if by == "Idempotency-Key" else {}
    body |= {} if headers else {by: once}
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: client.post("tasks/execute/", json=body, headers=headers), range(20)))
    assert {answer.status_code for answer in answers} == {httpx.codes.ACCEPTED}
    (job_id,) = {answer.json()["job_id"] for answer in answers}
    assert finished(client, job_id)["status"] == "success"
    assert len(network[NAMES[0]].transcript.authenticated_sessions()) == 1


def test_two_changes_of_one_device_never_meet_on_it(site: Site, network: Network) -> None:
    client = site.client()
    chosen = {"device_ids": [_ids(client)[NAMES[-1]]]}
    jobs = []
    for number in (1, 2):
        body: dict[str, Any] = {
            "task": "testapp.describe",
            "targets": chosen,
            "params": {"lines": [f"interface Loopback{number}", "description one writer"], "pause": 0.5},
        }
        token = client.post("tasks/plan/", json=body).json()["token"]
        jobs.append(client.post("tasks/execute/", json={**body, "token": token}).json()["job_id"])
    ended = [by_name(finished(client, job_id))[NAMES[-1]] for job_id in jobs]

    told = sorted(host["status"] for host in ended)
    assert told in (["changed", "changed"], ["changed", "skipped"])
    if told == ["changed", "skipped"]:
        (left,) = [host for host in ended if host["status"] == "skipped"]
        assert left["error_category"] == "busy"
        assert "held by job" in left["error"]
    by_session = [
        {line.split()[-1] for line in network[NAMES[-1]].transcript.config_lines(session=session) if "Loopback" in line}
        for session in network[NAMES[-1]].transcript.authenticated_sessions()
    ]
    assert all(len(lines) <= 1 for lines in by_session)
    order = [line for line in network[NAMES[-1]].transcript.config_lines() if line.startswith("interface")]
    assert len(order) == told.count("changed")


def test_many_writers_and_workers_on_sqlite_never_meet_a_locked_database(site: Site, network: Network) -> None:
    workers = [_worker(site) for _ in range(3)]
    try:
        client = site.client()
        ids = _ids(client)
        until = time.monotonic() + PRESSURE_SECONDS
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda number: _write(client, ids, number, until), range(8)))
        codes = {code for part in written for code in part["codes"]}
        assert codes <= {httpx.codes.OK, httpx.codes.ACCEPTED}
        jobs = [job_id for part in written for job_id in part["jobs"]]
        assert len(jobs) > len(written)
        for job_id in jobs:
            assert finished(client, job_id)["status"] == "success"
    finally:
        for worker in workers:
            worker.terminate()
        printed = [worker.communicate(timeout=240)[0] for worker in workers]
    assert [text for text in printed if "locked" in text or "Traceback" in text] == []
    log = (site.state / "server.log").read_text(encoding="utf-8", errors="replace")
    assert "locked" not in log


def _write(client: httpx.Client, ids: dict[str, int], number: int, until: float) -> dict[str, Any]:
    """Start jobs and edit a device in turn until the time is over, and for two jobs at least."""
    codes, jobs, turn = set(), [], 0
    while turn < 6 or time.monotonic() < until:
        turn += 1
        name = NAMES[number % 3]
        edited = client.patch(f"devices/{ids[name]}/", json={"role": f"role-{number}-{turn}"})
        codes.add(edited.status_code)
        if turn % 5 == 1:
            body = {"task": "run_commands", "targets": {"hostname": name}, "params": {"commands": ["show clock"]}}
            answer = client.post("tasks/execute/", json=body)
            codes.add(answer.status_code)
            jobs.append(answer.json()["job_id"])
    return {"codes": codes, "jobs": jobs}


def _worker(site: Site) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "django", "webnet", "worker"]
    return subprocess.Popen(
        command, cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_a_job_is_told_to_workers_only_after_its_rows_are_there(site: Site, network: Network, tmp_path: Path) -> None:
    code = """
from django.contrib.auth import get_user_model
from django.db import transaction
from webnet_core.jobs.submit import submit
from webnet_core.models import Job
import threading, webnet_core.jobs.queue as queue
user = get_user_model().objects.get(username="admin")
class Undone(Exception): pass
before = Job.objects.count()
try:
    with transaction.atomic():
        submit(user, task="run_commands", targets={"all": True}, params={"commands": ["show clock"]})
        assert not queue.doorbell.is_set(), "rung before the commit"
        raise Undone
except Undone:
    pass
print("left", Job.objects.count() - before, queue.doorbell.is_set())
"""
    assert site.python(code).strip().splitlines()[-1] == "left 0 False"
    assert execute(site.client(), "run_commands", {"hostname": NAMES[0]}, {"commands": ["show clock"]})
