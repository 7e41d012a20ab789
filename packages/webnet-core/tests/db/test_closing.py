"""The last shard closes its job: always one, never two, and nothing that has ended changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.exceptions import Conflict
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.closing import close_shard, settle_hosts, status_from
from webnet_core.jobs.models import HostResult, Job, JobEvent, Shard, ShardState
from webnet_core.jobs.reaper import interrupt
from webnet_core.jobs.submit import submit
from webnet_core.jobs.tick import tick
from webnet_core.jobs.timeline import lock
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import JobStatus, TaskSpec
from webnet_core.testing.factories import make_device, make_devices
from webnet_core.testing.jobs import run_jobs_inline

ROUNDS = 120


def empty_job(customer: Customer, shards: int) -> Job:
    """Return a running job with shards and no hosts: enough to close."""
    job = Job.objects.create(customer=customer, type="proof.read", status="running", total=1, open_shards=shards)
    for number in range(shards):
        Shard.objects.create(job=job, number=number, state="running", start_before=timezone.now())
    return job


def test_two_last_shards_that_end_together_close_the_job_exactly_once(customer: Customer, listener: Any) -> None:
    jobs = [empty_job(customer, 2) for _ in range(ROUNDS)]
    pairs = [list(job.shards.order_by("number")) for job in jobs]
    begin = time.time() + 1.5

    def close(which: int) -> list[int]:
        for number, pair in enumerate(pairs):
            # Both processes meet at each round's moment; a late one catches up.
            time.sleep(max(0.0, begin + number * 0.01 - time.time()))
            with transaction.atomic():
                lock(pair[which].job_id)
                assert close_shard(pair[which], ShardState.DONE)
        return [outcome.job_id for outcome in listener.outcomes]

    told = run_forked([lambda: close(0), lambda: close(1)])
    assert sorted([*told[0], *told[1]]) == sorted(job.pk for job in jobs), "each job's end was told once"
    assert not Job.objects.exclude(status="failed", open_shards=0).exists()
    assert JobEvent.objects.filter(data__status="failed", kind="job").count() == ROUNDS


def test_an_outcome_is_told_once_with_its_numbers(customer: Customer, start: Callable[..., Job], listener: Any) -> None:
    devices = [make_device(customer, hostname=name) for name in ("a", "b", "c")]
    job = start("read", devices, answers={"b": "failed", "c": "unreachable"})
    run_jobs_inline()
    run_jobs_inline()
    tick()
    (outcome,) = listener.outcomes
    assert (outcome.job_id, outcome.task, outcome.status) == (job.pk, "proof.read", JobStatus.PARTIAL)
    assert outcome.counts == {"ok": 1, "failed": 1, "unreachable": 1}
    assert outcome.errors == {"cli_error": 1, "unreachable": 1}
    assert outcome.started is not None


def test_a_listener_that_fails_does_not_reach_the_job(
    customer: Customer, start: Callable[..., Job], webnet_plugins: Any
) -> None:
    class Broken:
        @hookimpl
        def webnet_event(self, event: Any) -> None:
            raise OSError("no mail today")

    webnet_plugins.load(broken=Broken())
    job = start("read", make_devices(2, customer))
    run_jobs_inline()
    job.refresh_from_db()
    assert (job.status, job.error) == ("success", "")


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (["ok", "ok"], "success"),
        (["ok", "changed"], "success"),
        (["ok", "failed"], "partial"),
        (["ok", "skipped"], "partial"),
        (["ok", "unknown"], "partial"),
        (["failed", "unreachable"], "failed"),
        (["unknown"], "failed"),
        (["skipped", "skipped"], "failed"),
    ],
)
def test_a_jobs_status_follows_from_its_hosts(
    answers: list[str], status: str, customer: Customer, start: Callable[..., Job]
) -> None:
    devices = [make_device(customer, hostname=f"d{number}") for number, _ in enumerate(answers)]
    job = start("read", devices, answers={f"d{number}": answer for number, answer in enumerate(answers)})
    run_jobs_inline()
    job.refresh_from_db()
    assert job.status == status
    assert sum(job.counts.values()) == len(answers) == job.total
    assert job.counts == {name: answers.count(name) for name in job.counts}


def test_no_host_and_no_evidence_is_never_success() -> None:
    flags = {"cancelled": False, "interrupted": False, "error": False}
    assert status_from({}, total=0, **flags) is JobStatus.FAILED
    assert status_from({"skipped": 3}, total=3, **flags) is JobStatus.FAILED
    assert status_from({"ok": 3}, total=4, **flags) is JobStatus.PARTIAL
    assert status_from({"ok": 3}, total=3, **{**flags, "error": True}) is JobStatus.PARTIAL
    assert status_from({"ok": 3}, total=3, **{**flags, "cancelled": True}) is JobStatus.SUCCESS
    assert status_from({"ok": 3, "cancelled": 1}, total=4, **{**flags, "cancelled": True}) is JobStatus.CANCELLED
    assert status_from({"ok": 3}, total=3, **{**flags, "interrupted": True}) is JobStatus.INTERRUPTED


def test_an_executor_that_crashes_fails_its_hosts_and_closes_the_job(
    customer: Customer, start: Callable[..., Job]
) -> None:
    job = start("crash", make_devices(3, customer))
    run_jobs_inline()
    job.refresh_from_db()
    assert (job.status, job.failed) == ("failed", 3)
    assert "the executor has a bug" in job.error
    assert job.results.first().error_category == "task_error"


class Silent:
    """A plugin that brings a task and nobody to run it."""

    @hookimpl
    def webnet_register_tasks(self) -> list[TaskSpec[Any]]:
        return [TaskSpec(name="silent.read", title="Read in silence", run=print)]


def test_without_an_executor_the_hosts_fail_and_the_reason_names_the_question(
    customer: Customer, operator: Any, webnet_plugins: Any
) -> None:
    webnet_plugins.load(silent=Silent())
    device = make_device(customer)
    job = submit(operator, task="silent.read", targets={"device_ids": [device.pk]})
    run_jobs_inline()
    job.refresh_from_db()
    assert (job.status, job.failed) == ("failed", 1)
    assert "webnet_execute_shard: no plugin answered" in job.error


def test_nothing_that_has_ended_ever_changes(customer: Customer, start: Callable[..., Job], operator: Any) -> None:
    devices = [make_device(customer, hostname=name) for name in ("a", "b")]
    job = start("read", devices, answers={"b": "failed"})
    run_jobs_inline()
    rows = (Job, Shard, HostResult, JobEvent)
    before = [list(model.objects.order_by("pk").values()) for model in rows]
    shard = Shard.objects.get()
    with pytest.raises(Conflict):
        cancel(operator, job)
    with transaction.atomic():
        lock(job.pk)
        assert settle_hosts(shard, {pk: {"status": "ok"} for pk in job.results.values_list("pk", flat=True)}) == 0
        assert not close_shard(shard, ShardState.CANCELLED, error="again")
        interrupt(shard, "again")
    Shard.objects.filter(pk=shard.pk).update(heartbeat_at=shard.created_at)
    before[1] = list(Shard.objects.order_by("pk").values())
    tick()
    assert run_jobs_inline() == 0
    assert [list(model.objects.order_by("pk").values()) for model in rows] == before


def test_a_rolled_back_end_leaves_the_job_open_and_tells_nobody(customer: Customer, listener: Any) -> None:
    job = empty_job(customer, 1)
    with transaction.atomic():
        lock(job.pk)
        close_shard(job.shards.get(), ShardState.DONE)
        transaction.set_rollback(True)
    assert Job.objects.get().open_shards == 1
    assert listener.outcomes == []
    assert connection.in_atomic_block is False


def test_hosts_that_end_alike_cost_as_many_statements_as_one(
    customer: Customer, start: Callable[..., Job], operator: Any
) -> None:
    counted = []
    for number in (1, 30):
        job = start("read", make_devices(number, customer))
        with CaptureQueriesContext(connection) as queries:
            cancel(operator, job)
        job.refresh_from_db()
        assert (job.status, job.cancelled) == ("cancelled", number)
        assert job.events.filter(kind="host").count() == number
        counted.append(len(queries))
    assert counted[0] == counted[1]
