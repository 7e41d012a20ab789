"""Jobs that change devices: phases and leases in the rows, and what happens when the shard is taken away."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from django.contrib.auth import get_user_model
from pydantic import BaseModel

from webnet_core.access.models import Membership
from webnet_core.inventory import leases
from webnet_core.jobs.models import HostResult, Shard
from webnet_core.jobs.plan import plan
from webnet_core.jobs.submit import submit
from webnet_core.jobs.worker import ShardWorker
from webnet_core.plugin import TaskSpec, hookimpl
from webnet_core.plugins.items import HostStatus, Outcome, Phase
from webnet_nornir.perform import checkpoint, perform
from webnet_sim.faults import OutputFault
from webnet_sim.spec import DeviceSpec

pytestmark = pytest.mark.django_db(transaction=True)


class LinesParams(BaseModel):
    lines: list[str]


class Changer:
    """Registers a change whose host thread can be held between its checkpoints and its first byte."""

    def __init__(self):
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def change(self, task, lines):
        checkpoint(task, Phase.SAVED, digest="of the running configuration")
        self.reached.set()
        self.go_on.wait(240)
        checkpoint(task, Phase.SENDING)
        printed = perform(task, "configure", lines=lines)
        checkpoint(task, Phase.APPLIED)
        checkpoint(task, Phase.CONFIRMED)
        return Outcome(status=HostStatus.CHANGED, changed=True, text=printed)

    @hookimpl
    def webnet_register_tasks(self):
        return [
            TaskSpec(
                name="acme.change",
                title="Change",
                run=self.change,
                params=LinesParams,
                risk="change",
                needs=frozenset({"configure"}),
            )
        ]


@pytest.fixture
def changer(webnet_plugins):
    plugin = Changer()
    webnet_plugins.load(acme=plugin)
    yield plugin
    plugin.go_on.set()


@pytest.fixture
def operator(customer):
    user = get_user_model().objects.create_user("olga")
    Membership.objects.create(user=user, customer=customer, role="operator")
    return user


def change_job(user, row, *lines):
    planned = plan(user, task="acme.change", targets={"device_ids": [row.pk]}, params={"lines": list(lines)})
    return submit(user, task="acme.change", token=planned.token)


def test_a_change_stores_its_phases_and_gives_its_lease_back(changer, sim_device, device_row, operator):
    sim = sim_device()
    row = device_row(sim)
    job = change_job(operator, row, "ip domain name lab.example")

    ShardWorker(kind="test").work_once()

    found = HostResult.objects.get(job=job)
    assert (found.status, found.phase) == ("changed", "confirmed"), found.error
    assert found.facts["digest"] == "of the running configuration"
    assert sim.transcript.config_lines() == ["ip domain name lab.example"]
    assert leases.holders([row.pk]) == {}


def test_the_lease_is_held_while_the_change_runs(changer, sim_device, device_row, operator):
    row = device_row(sim_device())
    job = change_job(operator, row, "ip domain name lab.example")
    held = {}
    changer.go_on.clear()

    def look():
        changer.reached.wait(240)
        held.update(leases.holders([row.pk]))
        held["phase"] = HostResult.objects.get(job=job).phase
        changer.go_on.set()

    watcher = threading.Thread(target=look, name="watcher")
    watcher.start()
    ShardWorker(kind="test").work_once()
    watcher.join()

    assert f"job {job.pk}" in held[row.pk].holder
    assert held["phase"] == "saved"


def test_a_shard_that_was_taken_away_sends_nothing_more(changer, sim_device, device_row, operator):
    sim = sim_device()
    row = device_row(sim)
    job = change_job(operator, row, "ip domain name lab.example")
    changer.go_on.clear()

    def take_away():
        changer.reached.wait(240)
        Shard.objects.filter(job=job).update(owner="somebody else")
        changer.go_on.set()

    thief = threading.Thread(target=take_away, name="thief")
    thief.start()
    ShardWorker(kind="test").work_once()
    thief.join()

    assert sim.transcript.config_lines() == []
    assert HostResult.objects.get(job=job).phase == "saved"


def wait_for_heartbeat(job):
    beats = Shard.objects.filter(job=job).values_list("heartbeat_at", flat=True)
    before, until = beats.get(), time.monotonic() + 120
    while beats.get() == before and time.monotonic() < until:
        time.sleep(0.02)


def test_a_device_whose_lease_somebody_took_is_not_written_to(changer, sim_device, device_row, operator, settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "HEARTBEAT_SECONDS": 0.1}}
    sim = sim_device()
    row = device_row(sim)
    job = change_job(operator, row, "ip domain name lab.example")
    changer.go_on.clear()

    def take_over():
        changer.reached.wait(240)
        mine = leases.holders([row.pk])[row.pk].holder
        leases.release(mine, [row.pk])
        leases.acquire(row.pk, "terminal 7", seconds=600)
        for _ in range(2):  # the first of these heartbeats may have begun before
            wait_for_heartbeat(job)
        changer.go_on.set()

    thief = threading.Thread(target=take_over, name="thief")
    thief.start()
    ShardWorker(kind="test").work_once()
    thief.join()

    assert HostResult.objects.get(job=job).error_category == "lease_lost"
    assert sim.transcript.config_lines() == []


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitsToBeAsked(OutputFault):
    """The output comes when the test says so."""

    name: ClassVar[str] = "waits"
    go_on: threading.Event = field(default_factory=threading.Event)

    async def deliver(self, wire, output):
        while not self.go_on.is_set():
            await asyncio.sleep(0.01)
        wire.send(output)


def test_a_stopping_worker_hands_reads_back_and_another_finishes_them(sim_network, device_row, operator, settings):
    waits = WaitsToBeAsked(command="show version")
    network = sim_network([DeviceSpec(name=f"r{number}", faults=(waits,)) for number in range(4)])
    rows = [device_row(network[name]) for name in network]
    job = submit(
        operator,
        task="run_commands",
        targets={"device_ids": [row.pk for row in rows]},
        params={"commands": ["show version"]},
        options={"workers": 1},
    )
    worker = ShardWorker(kind="test")

    working = threading.Thread(target=worker.run, name="worker")
    working.start()
    assert network["r0"].transcript.wait_until(lambda transcript: "show version" in transcript.lines())
    worker.stop()
    waits.go_on.set()
    working.join()
    assert [row.device_name for row in HostResult.objects.filter(job=job, status="ok")] == ["r0"]

    ShardWorker(kind="test").work_once()

    job.refresh_from_db()
    assert job.status == "success"
    assert all(len(network[name].transcript.authenticated_sessions()) == 1 for name in network)
