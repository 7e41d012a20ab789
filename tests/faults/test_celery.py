"""Two Celery workers and two beats lose a worker, a broker and their messages; no device hears anything twice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.e2e.site import Site, add_devices, by_name, execute, finished, wait_for
from tests.e2e.stacks import Stack, stack
from webnet_core.testing.database import ServiceMissing, services_required
from webnet_sim.faults import make_fault
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec

QUICK = tuple(f"quick-{number}" for number in range(4))
# Seconds; a worker that has just been started loads every library first.
LIMIT = 400
BROKER_AWAY_SECONDS = 30.0
SLOW = tuple(f"slow-{number}" for number in range(4))


@pytest.fixture(scope="module")
def celery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    state = tmp_path_factory.mktemp("celery")
    try:
        with stack("postgres-celery-redis", state, workers=2, beats=2, own_broker=True) as found:
            yield found
    except ServiceMissing as error:
        if services_required():
            raise
        pytest.skip(f"LEFT OUT: faults under Celery were not tested: {error}")


@pytest.fixture
def network(celery: Stack) -> Iterator[Network]:
    """Four quick devices and four that take a second for every command, newly in the inventory."""
    dawdles = (make_fault("slow", seconds=1.0),)
    specs = [*(DeviceSpec(name=name) for name in QUICK), *(DeviceSpec(name=name, faults=dawdles) for name in SLOW)]
    with Network(specs) as found:
        celery.site.python("from webnet_core.models import Device; Device.objects.all().delete()")
        rows = [
            {"name": name, "port": found[name].port, "platform": "cisco_ios", "username": "admin", "password": "admin"}
            for name in found
        ]
        add_devices(celery.site, rows)
        yield found


def _hosts(client: httpx.Client, job_id: int) -> dict[str, dict[str, Any]]:
    return by_name(client.get(f"tasks/status/{job_id}/").json())


def _count_ok(client: httpx.Client, job_id: int) -> int:
    return sum(host["status"] == "ok" for host in _hosts(client, job_id).values())


def _heard(network: Network) -> dict[str, int]:
    return {name: len(network[name].transcript.authenticated_sessions()) for name in network}


def _let_hang(network: Network) -> None:
    """Let the slow devices not answer at all; a session that hangs goes on hanging when they are mended."""
    for name in SLOW:
        network[name].set_fault("hangs_mid_output", after_bytes=0, command="^show ")


def _mend(network: Network) -> None:
    for name in network:
        network[name].clear_fault()


def _asked(network: Network, name: str) -> bool:
    return any(line.startswith("show ") for line in network[name].transcript.lines())


def _shard(site: Site, job_id: int) -> tuple[int, str]:
    """Return id and owner of the job's only shard, straight from the database: a worker is about to be killed."""
    with psycopg.connect(site.environment["WEBNET_DATABASE_URL"]) as connection:
        rows = connection.execute("SELECT id, owner FROM webnet_core_shard WHERE job_id = %s", (job_id,)).fetchall()
    ((pk, owner),) = rows
    return pk, owner


def _owner_worker(celery: Stack, job_id: int) -> int:
    """Return which of the workers runs the job, by the process ids of its group."""
    pid = int(_shard(celery.site, job_id)[1].split(":")[2])
    for index, worker in enumerate(celery.workers):
        if worker.process is not None and os.getpgid(pid) == worker.process.pid:
            return index
    raise AssertionError(f"process {pid} belongs to none of the workers")


def test_the_other_worker_finishes_what_a_killed_one_read(celery: Stack, network: Network) -> None:
    client = celery.site.client()
    _let_hang(network)
    job_id = execute(client, "run_commands", {"all": True}, {"commands": ["show version"]})
    wait_for(lambda: all(_asked(network, name) for name in network), LIMIT, "a question to every host")
    wait_for(lambda: _count_ok(client, job_id) == len(QUICK), LIMIT, "the quick hosts")
    _mend(network)
    dead = _owner_worker(celery, job_id)
    before = _hosts(client, job_id)
    celery.workers[dead].kill()
    heard = _heard(network)

    status = finished(client, job_id)
    celery.workers[dead].start()
    hosts = by_name(status)
    assert status["status"] == "success"
    done = [name for name, host in before.items() if host["status"] == "ok"]
    assert {name: _heard(network)[name] for name in done} == {name: heard[name] for name in done}
    assert {hosts[name]["attempts"] for name in hosts if name not in done} == {2}
    events = client.get(f"jobs/{job_id}/events/").json()["events"]
    assert sum("goes back" in event["message"] for event in events) == 1  # though two beats drive the tick


def test_a_change_whose_worker_was_killed_is_told_by_its_phase_and_never_sent_again(
    celery: Stack, network: Network
) -> None:
    client = celery.site.client()
    _let_hang(network)
    network[QUICK[0]].set_fault("hangs_mid_output", after_bytes=0, command="^description")
    ids = {row["hostname"]: row["id"] for row in client.get("devices/", params={"limit": 50}).json()["results"]}
    chosen = {name: ids[name] for name in (*QUICK[:2], *SLOW[:2])}
    body = {
        "task": "testapp.describe",
        "targets": {"device_ids": list(chosen.values())},
        "params": {"lines": ["interface Loopback77", "description worker"]},
    }
    token = client.post("tasks/plan/", json=body).json()["token"]
    job_id = client.post("tasks/execute/", json={**body, "token": token}).json()["job_id"]
    wait_for(lambda: len(network[QUICK[0]].transcript.config_lines()) == 2, LIMIT, "the line that hangs")
    wait_for(lambda: _asked(network, SLOW[0]), LIMIT, "the host that is still being read")
    _mend(network)
    dead = _owner_worker(celery, job_id)
    celery.workers[dead].kill()
    sent = {name: network[name].transcript.config_lines() for name in chosen}

    status = finished(client, job_id)
    celery.workers[dead].start()
    hosts = by_name(status)
    assert status["status"] == "interrupted"
    assert hosts[QUICK[0]]["status"] == "unknown"
    assert {hosts[name]["status"] for name in chosen if not sent[name]} <= {"cancelled", "unknown"}
    assert {name: network[name].transcript.config_lines() for name in chosen} == sent


def test_a_message_delivered_five_times_more_runs_nothing_twice(celery: Stack, network: Network) -> None:
    client = celery.site.client()
    job_id = execute(client, "run_commands", {"all": True}, {"commands": ["show clock"]})
    shard, _ = _shard(celery.site, job_id)
    send = f"app.send_task('webnet.work', ({shard},), queue='default')"
    celery.site.python(f"from example_project.celery import app\nfor _ in range(5): {send}")
    assert finished(client, job_id)["status"] == "success"
    celery.site.python(f"from example_project.celery import app\nfor _ in range(5): {send}")
    later = execute(client, "run_commands", {"all": True}, {"commands": ["show clock"]})
    assert finished(client, later)["status"] == "success"
    assert set(_heard(network).values()) == {2}


def test_two_beats_and_three_ticks_make_one_job_of_each_due_time(celery: Stack, network: Network) -> None:
    client = celery.site.client()
    asked = {"task": "run_commands", "targets": {"hostname": QUICK[0]}, "params": {"commands": ["show clock"]}}
    made = [
        client.post("schedules/", json={**asked, "name": f"daily {number}", "interval": 86400}).json()["id"]
        for number in range(3)
    ]
    code = f"""
import threading
from django.db import connections
from django.utils import timezone
from webnet_core.jobs.tick import tick
from webnet_core.models import Schedule
def drive():
    tick()
    connections.close_all()
Schedule.objects.filter(pk__in={made}).update(next_due=timezone.now())
ticks = [threading.Thread(target=drive) for _ in range(3)]
[each.start() for each in ticks]
[each.join() for each in ticks]
"""
    celery.site.python(code)
    wait_for(lambda: all(client.get(f"schedules/{pk}/").json()["last_job"] for pk in made), LIMIT, "their jobs")
    jobs = [client.get("jobs/", params={"schedule": pk}).json()["results"] for pk in made]
    assert [len(found) for found in jobs] == [1] * len(made)
    assert {finished(client, found[0]["id"])["status"] for found in jobs} == {"success"}
    # And by the beats alone.
    celery.site.python(
        "from django.utils import timezone\nfrom webnet_core.models import Schedule\n"
        f"Schedule.objects.filter(pk={made[0]}).update(next_due=timezone.now())"
    )
    wait_for(lambda: client.get("jobs/", params={"schedule": made[0]}).json()["count"] == 2, LIMIT, "the beats' job")
    for pk in made:
        client.delete(f"schedules/{pk}/")


def test_the_task_of_celerys_own_kind_submits_a_job_for_its_user(celery: Stack, network: Network) -> None:
    targets = {"hostname": QUICK[0]}
    code = f"""
from webnet_core.jobs.celery import execute_nornir_task
from webnet_core.models import Job
execute_nornir_task.delay("run_commands", {targets!r}, {{"commands": ["show clock"]}}, username="admin")
"""
    client = celery.site.client()
    before = client.get("jobs/").json()["count"]
    celery.site.python(code)
    wait_for(lambda: client.get("jobs/").json()["count"] == before + 1, LIMIT, "the job of the Celery task")
    job = client.get("jobs/").json()["results"][0]
    assert finished(client, job["id"])["status"] == "success"
    assert _heard(network) == {name: int(name == QUICK[0]) for name in network}


def test_a_broker_that_is_away_loses_no_accepted_job(celery: Stack, network: Network) -> None:
    assert celery.broker is not None
    client = celery.site.client()
    celery.broker.stop()
    job_id = execute(client, "run_commands", {"all": True}, {"commands": ["show clock"]})
    until = time.monotonic() + BROKER_AWAY_SECONDS
    while time.monotonic() < until:
        assert client.get(f"tasks/status/{job_id}/").json()["status"] == "queued"
        time.sleep(1)
    celery.broker.start()
    assert finished(client, job_id)["status"] == "success"
    assert set(_heard(network).values()) == {1}


def test_a_worker_asked_to_end_leaves_nothing_running(celery: Stack, network: Network) -> None:
    client = celery.site.client()
    job_id = execute(client, "run_commands", {"all": True}, {"commands": ["show version"]})
    wait_for(lambda: any(host["status"] == "ok" for host in _hosts(client, job_id).values()), LIMIT, "a first host")
    for worker in celery.workers:
        worker.stop()
    code = "from webnet_core.models import Shard; print(Shard.objects.filter(state='running').count())"
    assert celery.site.python(code).strip() == "0"
    for worker in celery.workers:
        worker.start()
    status = finished(client, job_id)
    assert status["status"] == "success"
    assert set(_heard(network).values()) == {1}


def test_a_job_cancelled_while_no_worker_is_up_contacts_nobody(celery: Stack, network: Network) -> None:
    for worker in celery.workers:
        worker.stop()
    client = celery.site.client()
    job_id = execute(client, "run_commands", {"all": True}, {"commands": ["show version"]})
    assert client.post(f"jobs/{job_id}/cancel/").status_code == httpx.codes.OK
    assert client.get(f"tasks/status/{job_id}/").json()["status"] == "cancelled"
    for worker in celery.workers:
        worker.start()
    later = execute(client, "run_commands", {"hostname": QUICK[0]}, {"commands": ["show clock"]})
    assert finished(client, later)["status"] == "success"
    assert _heard(network) == {name: int(name == QUICK[0]) for name in network}
    assert client.post(f"jobs/{job_id}/cancel/").status_code == httpx.codes.CONFLICT
