"""A job that is put off: it waits for its time, and everything that holds for a job holds for it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.db import executor

from webnet_core.access.models import Customer, Membership
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, Shard
from webnet_core.jobs.plan import plan
from webnet_core.jobs.submit import submit
from webnet_core.jobs.tick import tick
from webnet_core.testing.factories import make_devices
from webnet_core.testing.jobs import run_jobs_inline

rung: list[int] = []


def publish(shard: Shard) -> None:
    """Stand for a broker (a dotted path in DISPATCHER)."""
    rung.append(shard.pk)


@pytest.fixture
def put_off(core: Callable[..., None], customer: Customer, operator: Any) -> Callable[..., Job]:
    """Submit a read of two devices for in two hours."""
    rung.clear()
    core(DISPATCHER="tests.db.test_execute_at.publish", START_BEFORE_SECONDS=600)
    devices = make_devices(2, customer)

    def run(**asked: Any) -> Job:
        asked.setdefault("execute_at", in_hours(2))
        targets = {"device_ids": [device.pk for device in devices]}
        return submit(operator, **{"task": "proof.read", "targets": targets, **asked})

    return run


def in_hours(hours: float) -> datetime:
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0)


def pass_hours(hours: float) -> None:
    """Let everything that waits have been asked for that much earlier."""
    ago = timedelta(hours=hours)
    for job in Job.objects.exclude(scheduled_for=None):
        Job.objects.filter(pk=job.pk).update(scheduled_for=job.scheduled_for - ago)
    for shard in Shard.objects.all():
        moved = {name: getattr(shard, name) - ago for name in ("not_before", "start_before", "rung_at")}
        Shard.objects.filter(pk=shard.pk).update(**moved)


def test_a_job_put_off_waits_and_is_neither_rung_for_nor_claimed_nor_reaped(put_off: Callable[..., Job]) -> None:
    at = in_hours(2)
    job = put_off(execute_at=at)
    shard = job.shards.get()
    assert (job.status, job.scheduled_for, job.progress) == ("scheduled", at, 0)
    assert (shard.not_before, shard.start_before) == (at, at + timedelta(minutes=10))
    assert {tick()[key] for key in ("jobs.ring", "jobs.reap", "jobs.release")} == {0}
    assert claim_next("me", ("default",)) is None
    assert rung == []


def test_it_runs_once_its_time_has_come(put_off: Callable[..., Job]) -> None:
    job = put_off()
    pass_hours(2)
    done = tick()
    assert (done["jobs.release"], done["jobs.ring"]) == (1, 1)
    assert rung == [job.shards.get().pk], "the first tick after its time rings"
    job.refresh_from_db()
    assert job.status == "queued"
    assert tick()["jobs.release"] == 0
    assert run_jobs_inline() == 1
    job.refresh_from_db()
    assert (job.status, job.ok) == ("success", 2)
    assert "its time has come" in job.events.values_list("message", flat=True)


def test_it_can_be_cancelled_before_its_time(put_off: Callable[..., Job], operator: Any) -> None:
    job = cancel(operator, put_off())
    assert (job.status, job.cancelled) == ("cancelled", 2)
    pass_hours(3)
    assert tick()["jobs.release"] == 0
    assert run_jobs_inline() == 0


def test_nobody_coming_for_it_is_counted_from_its_time(put_off: Callable[..., Job]) -> None:
    job = put_off()
    pass_hours(2.1)
    tick()
    job.refresh_from_db()
    assert job.status == "queued", "ten minutes from its time, not from when it was asked for"
    pass_hours(0.1)
    tick()
    job.refresh_from_db()
    assert job.status == "interrupted"


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime.now(UTC) - timedelta(minutes=5), "past"),
        (datetime.now(UTC) + timedelta(days=400), "too_far"),
        (datetime(2031, 1, 1, 12), "no_offset"),  # noqa: DTZ001 - the one that is refused
        ("2031-01-01T12:00:00", "no_offset"),
        ("2031-13-01T12:00:00Z", "invalid"),
        ("tomorrow", "invalid"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_with_a_sentence(
    put_off: Callable[..., Job], moment: Any, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        put_off(execute_at=moment)
    assert [(item.path, item.code) for item in caught.value.errors] == [("execute_at", code)]
    assert not Job.objects.exists()


def test_a_change_that_is_put_off_needs_its_plan_and_keeps_to_it(put_off: Callable[..., Job], operator: Any) -> None:
    with pytest.raises(InvalidInput, match="plan it first"):
        put_off(task="proof.change")
    token = plan(operator, task="proof.change", targets={"all": True}).token
    job = put_off(task="proof.change", targets=None, token=token)
    assert (job.status, job.risk, job.total) == ("scheduled", "change", 2)


def test_whoever_lost_the_right_meanwhile_contacts_nobody(
    put_off: Callable[..., Job], operator: Any, contacts: str
) -> None:
    job = put_off(params={"contacts": contacts})
    Membership.objects.filter(user=operator).delete()
    pass_hours(2)
    run_jobs_inline()
    job.refresh_from_db()
    assert (job.status, job.failed) == ("failed", 2)
    assert "may not run it any more" in job.error
    assert executor.notes(contacts) == []


def test_the_same_submission_for_another_time_is_another_run(put_off: Callable[..., Job]) -> None:
    asked = {"submission_id": uuid.uuid4(), "execute_at": in_hours(2)}
    job = put_off(**asked)
    assert put_off(**asked) == job
    with pytest.raises(Conflict, match="another run"):
        put_off(**{**asked, "execute_at": in_hours(3)})
    assert Job.objects.get().scheduled_for > timezone.now()
