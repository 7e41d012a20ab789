"""Whoever wakes takes a shard; nobody takes it twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.db.executor import notes
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, Shard
from webnet_core.jobs.owners import is_dead, new_owner
from webnet_core.jobs.worker import ShardWorker
from webnet_core.testing.factories import make_device, make_devices, make_site
from webnet_core.testing.jobs import run_jobs_inline


def test_four_processes_run_each_shard_exactly_once(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    core(SHARD_SIZE=1)
    devices = make_devices(24, customer)
    job = start("read", devices)

    def work() -> int:
        mine = ShardWorker(kind="test")
        ran = 0
        while mine.work_once():
            ran += 1
        return ran

    ran = run_forked([work] * 4)
    assert sum(ran) == 24
    contacted = Counter(line for line in notes(contacts) if line.startswith("contact "))
    assert contacted == Counter({f"contact {device.hostname}": 1 for device in devices})
    job.refresh_from_db()
    assert (job.status, job.ok, job.open_shards) == ("success", 24, 0)
    assert set(job.shards.values_list("state", "attempt")) == {("done", 1)}


def test_one_shard_is_claimed_by_one_of_many(customer: Customer, start: Callable[..., Job]) -> None:
    for _ in range(10):
        job = start("read", make_devices(1, customer))
        found = run_forked([lambda: claim_next(f"test:{os.getpid()}", ("default",)) is not None] * 3)
        assert sorted(found) == [False, False, True]
        assert job.shards.get().attempt == 1


def test_the_shard_rung_for_comes_first_else_the_oldest_of_ones_own_queues(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SHARD_SIZE=1)
    start("read", make_devices(3, customer))
    far = start("read", [make_device(customer, site=make_site(customer, queue="far"))]).shards.get()
    oldest, second, third = Shard.objects.filter(queue="default").order_by("pk")
    assert claim_next("me", ("default",), third.pk).shard_id == third.pk
    assert claim_next("me", ("default",), third.pk).shard_id == oldest.pk
    assert claim_next("me", ("default",)).shard_id == second.pk
    assert claim_next("me", ("default",)) is None
    assert claim_next("me", ("far",)).shard_id == far.pk


@pytest.mark.parametrize("columns", [{"not_before": timedelta(hours=1)}, {"start_before": timedelta(seconds=-1)}])
def test_a_shard_too_early_or_too_late_is_left_alone(
    columns: dict[str, timedelta], customer: Customer, start: Callable[..., Job]
) -> None:
    shard = start("read", make_devices(1, customer)).shards.get()
    Shard.objects.update(**{name: timezone.now() + delta for name, delta in columns.items()})
    assert claim_next("me", ("default",)) is None
    assert claim_next("me", ("default",), shard.pk) is None


def test_claiming_says_that_the_job_runs_once(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SHARD_SIZE=1)
    job = start("read", make_devices(3, customer))
    assert run_jobs_inline() == 3
    told = [event.data for event in job.events.filter(kind="job") if event.data]
    assert [data["status"] for data in told] == ["running", "success"]


def test_a_shard_whose_job_was_deleted_is_nothing_to_do(customer: Customer, start: Callable[..., Job]) -> None:
    shard = start("read", make_devices(1, customer)).shards.get()
    Job.objects.all().delete()
    assert claim_next("me", ("default",), shard.pk) is None


def test_an_owner_is_dead_when_its_process_is() -> None:
    mine = new_owner("test")
    assert not is_dead(mine)
    child = run_forked([lambda: new_owner("test")])[0]
    assert is_dead(child)
    pid, place = mine.split(":")[2:4]
    assert is_dead(f"test:host:{pid}:{place}:1-aaaa"), "the process id belongs to a younger process"
    assert not is_dead(f"test:host:1:elsewhere:{mine.split(':')[4]}"), "another machine cannot be told"
    assert not is_dead("nonsense")


def test_a_job_whose_task_is_unknown_here_fails_by_name(customer: Customer, start: Callable[..., Any]) -> None:
    job = start("read", make_devices(2, customer))
    Job.objects.update(type="proof.gone")
    run_jobs_inline()
    job.refresh_from_db()
    assert (job.status, job.failed) == ("failed", 2)
    assert "proof.gone" in job.error
