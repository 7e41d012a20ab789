"""A schedule's job that takes much longer than usual is told of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from webnet_core.access.models import Customer
from webnet_core.events.types import PerformanceDegraded
from webnet_core.jobs.durations import slower_than_usual
from webnet_core.jobs.models import Job, Schedule
from webnet_core.plugins.items import JobStatus
from webnet_core.testing.factories import make_devices
from webnet_core.testing.jobs import run_jobs_inline

NOW = timezone.now()


@pytest.fixture
def schedule(customer: Customer, operator: Any) -> Schedule:
    return Schedule.objects.create(customer=customer, name="nightly", owner=operator, interval=3600, task="proof.read")


def ran(schedule: Schedule, seconds: float, *, total: int = 10, status: str = "success") -> Job:
    started = NOW - timedelta(seconds=seconds)
    return Job.objects.create(
        customer=schedule.customer,
        type="proof.read",
        schedule=schedule,
        total=total,
        status=status,
        started_at=started,
        finished_at=NOW,
    )


def told(job: Job) -> tuple[float, float] | None:
    found = slower_than_usual(job, JobStatus(job.status), NOW)
    return (found.seconds, found.usual_seconds) if found else None


def test_twice_as_long_as_the_last_ones_is_told(schedule: Schedule) -> None:
    for seconds in (40, 42, 38, 41, 400):
        ran(schedule, seconds)
    assert told(ran(schedule, 120)) == (120.0, 41.0)
    assert told(ran(schedule, 80)) is None


def test_a_few_seconds_more_are_nothing(schedule: Schedule) -> None:
    for _ in range(5):
        ran(schedule, 2)
    assert told(ran(schedule, 30)) is None


def test_too_few_others_on_as_many_devices_say_nothing(schedule: Schedule) -> None:
    for _ in range(4):
        ran(schedule, 40)
    for other in ({"total": 100}, {"total": 2}, {"status": "failed"}):
        ran(schedule, 40, **other)
    assert told(ran(schedule, 200)) is None
    ran(schedule, 40, total=11)
    assert told(ran(schedule, 200)) == (200.0, 40.0)


def test_a_job_of_no_schedule_and_one_that_failed_are_not_compared(schedule: Schedule) -> None:
    for _ in range(5):
        ran(schedule, 40)
    assert told(ran(schedule, 200, status="failed")) is None
    job = ran(schedule, 200)
    job.schedule = None
    assert told(job) is None


def test_the_end_of_such_a_job_tells_it(schedule: Schedule, start: Any, customer: Customer, listener: Any) -> None:
    for _ in range(5):
        ran(schedule, 40, total=1)
    job = start("read", make_devices(1, customer))
    long_ago = timezone.now() - timedelta(minutes=10)
    Job.objects.filter(pk=job.pk).update(schedule=schedule, status="running", started_at=long_ago)
    run_jobs_inline()
    (notice,) = listener.notices
    assert isinstance(notice, PerformanceDegraded)
    assert (notice.job_id, notice.usual_seconds, notice.seconds > 500) == (job.pk, 40.0, True)
