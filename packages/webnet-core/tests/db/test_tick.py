"""The tick: any number of drivers, each thing once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, JobEvent, Shard, SingletonLease
from webnet_core.jobs.tick import tick
from webnet_core.jobs.turns import take_turn
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import TickStep
from webnet_core.testing.factories import make_device, make_devices, make_site

rung: list[int] = []


def publish(shard: Shard) -> None:
    """Stand for a broker (a dotted path in DISPATCHER)."""
    rung.append(shard.pk)


def publish_nowhere(shard: Shard) -> None:
    """Stand for a broker that is down."""
    raise OSError("connection refused")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    rung.clear()


def test_drivers_at_once_do_the_work_once(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SHARD_SIZE=1)
    job = start("read", make_devices(12, customer))
    while claim_next("elsewhere:1", ("default",)):
        pass
    Shard.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    done = run_forked([tick] * 3)
    assert sum(each["jobs.reap"] for each in done) == 12
    assert JobEvent.objects.filter(job=job, message__contains="goes back").count() == 12
    assert set(job.shards.values_list("state", "attempt")) == {("queued", 1)}
    assert tick()["jobs.reap"] == 0


class Steps:
    """A plugin with steps that fail, each in its own way, round one that works."""

    @hookimpl
    def webnet_register_tick_steps(self) -> list[TickStep]:
        def fail(error: Exception) -> int:
            raise error

        return [
            TickStep(key="steps.broken", run=lambda: fail(RuntimeError("broken")), weight=1),
            TickStep(key="steps.away", run=lambda: fail(DatabaseError("away")), weight=2),
            TickStep(key="steps.works", run=lambda: 7, weight=900),
        ]


def test_a_step_that_fails_does_not_keep_the_others(webnet_plugins: Any) -> None:
    webnet_plugins.load(steps=Steps())
    done = tick()
    assert done["steps.works"] == 7
    assert {"jobs.reap", "jobs.ring"} <= done.keys()
    assert not {"steps.broken", "steps.away"} & done.keys()


def test_a_waiting_shard_is_rung_for_again_once_for_all_drivers(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(DISPATCHER="tests.db.test_tick.publish", RING_AFTER_SECONDS=15)
    shard = start("read", make_devices(1, customer)).shards.get()
    assert rung == [shard.pk], "rung when it was committed"
    assert tick()["jobs.ring"] == 0
    Shard.objects.update(rung_at=timezone.now() - timedelta(seconds=20))
    assert sum(done["jobs.ring"] for done in run_forked([tick] * 3)) == 1
    Shard.objects.update(rung_at=timezone.now() - timedelta(seconds=20))
    tick()
    assert rung == [shard.pk, shard.pk]


def test_a_broker_that_is_down_costs_no_job(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(DISPATCHER="tests.db.test_tick.publish_nowhere")
    job = start("read", make_devices(1, customer))
    assert job.status == "queued"
    core(DISPATCHER="tests.db.no_such_module.publish")
    assert start("read", make_devices(1, customer)).status == "queued"
    Shard.objects.update(rung_at=timezone.now() - timedelta(seconds=20))
    core(DISPATCHER="tests.db.test_tick.publish")
    assert tick()["jobs.ring"] == 2
    assert len(rung) == 2


def test_a_shard_nobody_comes_for_ends_and_names_its_queue(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    here = make_device(customer, hostname="here")
    far = make_device(customer, hostname="far", site=make_site(customer, queue="lon"))
    job = start("read", [here, far])
    Shard.objects.filter(queue="lon").update(start_before=timezone.now() - timedelta(seconds=1))
    assert tick()["jobs.reap"] == 1
    row = job.results.get(device=far)
    assert (row.status, row.error_category) == ("cancelled", "interrupted")
    assert row.error == "Not contacted: no worker serves queue lon"
    job.refresh_from_db()
    assert job.status == "queued", "the other shard still waits"
    Shard.objects.filter(queue="default").update(start_before=timezone.now() - timedelta(seconds=1))
    assert tick()["jobs.reap"] == 1
    job.refresh_from_db()
    assert (job.status, job.cancelled) == ("interrupted", 2)


@pytest.mark.django_db
def test_a_turn_is_taken_once_until_it_is_due_again() -> None:
    assert take_turn("test", 60)
    assert not take_turn("test", 60)
    SingletonLease.objects.filter(name="test").update(expires_at=timezone.now())
    assert take_turn("test", 60)
