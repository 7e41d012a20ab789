"""Schedules: each due time once whoever ticks, with the rights of now, and never silently nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from pydantic import BaseModel, model_validator
from tests.db.conftest import Listener
from tests.db.processes import run_forked

from webnet_core.access.models import Customer, Membership
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, InvalidInput, PermissionDenied
from webnet_core.inventory.models import Device
from webnet_core.jobs.firing import fire_due, run_now
from webnet_core.jobs.models import Job, Schedule
from webnet_core.jobs.schedules import (
    create_schedule,
    delete_schedule,
    pause_schedule,
    preview_of,
    resume_schedule,
    update_schedule,
)
from webnet_core.jobs.tick import tick
from webnet_core.plugin import ScheduleNotice, TaskSpec, Veto, hookimpl
from webnet_core.testing.factories import make_device, make_devices, make_user
from webnet_core.testing.jobs import run_jobs_inline

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def devices(customer: Customer) -> list[Device]:
    return make_devices(2, customer, role="access")


@pytest.fixture
def scheduled(operator: Any, customer: Customer, devices: list[Device]) -> Callable[..., Schedule]:
    """Make a schedule that reads all access devices every hour; it is noon."""

    def make(**values: Any) -> Schedule:
        said = {"name": "hourly", "task": "proof.read", "targets": {"role": "access"}, "cron": "0 * * * *"}
        return create_schedule(operator, customer.pk, {**said, **values}, now=NOON)

    return make


def fresh(schedule: Schedule) -> Schedule:
    return Schedule.objects.select_related("last_job", "owner").get(pk=schedule.pk)


def dues() -> list[datetime | None]:
    return list(Job.objects.order_by("pk").values_list("due_at", flat=True))


def finish() -> None:
    assert run_jobs_inline() > 0


def test_a_due_time_makes_one_job_with_the_devices_that_match_then(
    scheduled: Callable[..., Schedule], customer: Customer, operator: Any
) -> None:
    schedule = scheduled()
    assert fire_due(NOON) == 0, "what is due next lies after the moment it was made"
    late = make_device(customer, hostname="late", role="access")
    make_device(customer, hostname="off", role="access", enabled=False)
    assert fire_due(NOON + HOUR) == 1
    job = Job.objects.get()
    assert (job.source, job.schedule, job.due_at, job.user) == ("schedule", schedule, NOON + HOUR, operator)
    assert set(job.results.values_list("device__hostname", flat=True)) > {late.hostname}
    assert job.total == 3
    assert AuditEvent.objects.get(action="jobs.submit").door == f"schedule {schedule.pk}"
    found = fresh(schedule)
    assert (found.last_job, found.last_due, found.next_due) == (job, NOON + HOUR, NOON + 2 * HOUR)
    assert fire_due(NOON + HOUR + timedelta(minutes=59)) == 0
    finish()
    assert fire_due(NOON + 2 * HOUR) == 1


def test_two_beats_and_three_ticks_in_a_minute_make_one_job(scheduled: Callable[..., Schedule]) -> None:
    for number in range(3):
        scheduled(name=f"schedule {number}")
    moments = [NOON + HOUR + timedelta(seconds=second) for second in (0, 1, 20, 40, 59)]
    done = run_forked([lambda moment=moment: fire_due(moment) for moment in moments])
    assert sum(done) == 3
    assert dues() == [NOON + HOUR] * 3
    assert Job.objects.values("schedule").distinct().count() == 3


def test_the_tick_drives_schedules_by_the_real_clock(scheduled: Callable[..., Schedule]) -> None:
    schedule = scheduled(interval=3600, cron="", grace=7 * 86400)
    Schedule.objects.filter(pk=schedule.pk).update(next_due=datetime.now(UTC) - timedelta(seconds=5))
    assert tick()["jobs.schedules"] == 1
    assert tick()["jobs.schedules"] == 0
    assert Job.objects.get().schedule == schedule


@pytest.mark.parametrize(
    ("begin", "runs"),
    [
        ("2027-03-26T12:00Z", ["2027-03-27T01:30Z", "2027-03-28T01:00Z", "2027-03-29T00:30Z"]),
        ("2026-10-23T12:00Z", ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"]),
    ],
)
def test_a_day_on_which_clocks_change_has_one_run(
    operator: Any, customer: Customer, devices: list[Device], begin: str, runs: list[str]
) -> None:
    start = datetime.fromisoformat(begin)
    said = {"name": "nightly", "task": "proof.read", "targets": {"all": True}, "cron": "30 2 * * *"}
    create_schedule(operator, customer.pk, {**said, "time_zone": "Europe/Berlin"}, now=start)
    for tick_number in range(3 * 48):
        if fire_due(start + timedelta(minutes=30 * tick_number)):
            finish()
    assert dues() == [datetime.fromisoformat(text) for text in runs]


def test_a_site_that_keeps_local_times_fires_at_the_same_moments(
    scheduled: Callable[..., Schedule], settings: Any
) -> None:
    settings.USE_TZ, settings.TIME_ZONE = False, "Asia/Kathmandu"
    schedule = scheduled(cron="30 * * * *", time_zone="Europe/Berlin")
    assert fire_due(NOON + timedelta(minutes=29)) == 0
    assert fire_due(NOON + timedelta(minutes=30)) == 1
    job = Job.objects.get()
    assert (job.due_at, job.status) == (datetime(2026, 6, 1, 18, 15), "queued")  # noqa: DTZ001 - as it is stored
    assert preview_of(fresh(schedule)).runs[0] == NOON + timedelta(minutes=90)
    finish()


@pytest.mark.parametrize(
    ("cron", "grace", "made"),
    [
        ("0 * * * *", 3600, [NOON + timedelta(days=3)]),
        ("0 4 * * *", 3600, []),
        ("0 4 * * *", 12 * 3600, [datetime(2026, 6, 4, 4, tzinfo=UTC)]),
        ("0 4 1 * *", 12 * 3600, []),
    ],
)
def test_after_three_days_down_the_latest_due_time_runs_or_none(
    scheduled: Callable[..., Schedule], listener: Listener, cron: str, grace: int, made: list[datetime]
) -> None:
    schedule = scheduled(cron=cron, grace=grace)
    back = NOON + timedelta(days=3, minutes=10)
    fire_due(back)
    assert fire_due(back) == 0
    assert dues() == made
    assert fresh(schedule).next_due > back
    if cron != "0 4 1 * *":
        assert "missed" in fresh(schedule).last_note
        assert AuditEvent.objects.filter(action="schedules.missed").count() == 1


def test_a_due_time_is_left_out_while_the_job_before_is_open(scheduled: Callable[..., Schedule]) -> None:
    schedule = scheduled()
    fire_due(NOON + HOUR)
    first = Job.objects.get()
    assert fire_due(NOON + 2 * HOUR) == 1
    assert dues() == [NOON + HOUR]
    assert fresh(schedule).last_note == f"skipped: Job {first.pk} was still queued."
    assert AuditEvent.objects.get(action="schedules.skipped").data["due"].startswith("2026-06-01T14:00")
    finish()
    assert fire_due(NOON + 3 * HOUR) == 1
    assert dues() == [NOON + HOUR, NOON + 3 * HOUR]


def test_or_it_waits_for_that_job_and_runs_once_then(scheduled: Callable[..., Schedule]) -> None:
    schedule = scheduled(overlap="queue", grace=600)
    fire_due(NOON + HOUR)
    assert fire_due(NOON + 2 * HOUR) == 0
    assert fire_due(NOON + 3 * HOUR + HOUR / 2) == 0
    assert fresh(schedule).next_due == NOON + 2 * HOUR, "it waits, and others are not kept waiting by it"
    finish()
    ended = NOON + 3 * HOUR + HOUR / 2
    Job.objects.update(finished_at=ended)
    assert fire_due(ended + timedelta(seconds=5)) == 1
    assert dues() == [NOON + HOUR, NOON + 3 * HOUR], "the latest due time alone"
    assert "passed over" in fresh(schedule).last_note


@pytest.mark.parametrize("lost", ["role", "membership", "active", "account"])
def test_an_owner_who_lost_the_right_pauses_it_visibly(
    scheduled: Callable[..., Schedule], operator: Any, customer: Customer, listener: Listener, lost: str
) -> None:
    schedule = scheduled()
    if lost == "role":
        Membership.objects.filter(user=operator).update(role="viewer")
    elif lost == "membership":
        Membership.objects.filter(user=operator).delete()
    elif lost == "active":
        type(operator).objects.filter(pk=operator.pk).update(is_active=False)
    else:
        operator.delete()
    fire_due(NOON + HOUR)
    found = fresh(schedule)
    assert (found.paused, found.next_due) == (True, None)
    assert "whoever resumes it becomes its owner" in found.pause_reason
    assert AuditEvent.objects.get(action="schedules.paused").data["reason"] == found.pause_reason
    notice = next(event for event in listener.notices if isinstance(event, ScheduleNotice))
    assert (notice.schedule_id, notice.what, notice.reason) == (schedule.pk, "paused", found.pause_reason)
    assert fire_due(NOON + 2 * HOUR) == 0
    assert not Job.objects.exists()

    other = make_user("otto", role="operator", customer=customer)
    resumed = resume_schedule(other, found, now=NOON + 2 * HOUR)
    assert (resumed.owner, resumed.paused, resumed.pause_reason) == (other, False, "")
    fire_due(NOON + 3 * HOUR)
    assert Job.objects.get().user == other


def test_an_owner_whose_role_grew_or_came_back_needs_nobody(scheduled: Callable[..., Schedule], operator: Any) -> None:
    schedule = scheduled()
    Membership.objects.filter(user=operator).update(role="viewer")
    Membership.objects.filter(user=operator).update(role="admin")
    fire_due(NOON + HOUR)
    assert not fresh(schedule).paused


@pytest.mark.parametrize("case", ["no device", "disabled", "deleted ids", "plugin gone", "parameters", "veto", "bug"])
def test_what_cannot_run_is_a_failed_job_that_says_why_and_is_not_tried_again(
    scheduled: Callable[..., Schedule],
    devices: list[Device],
    webnet_plugins: Any,
    listener: Listener,
    case: str,
) -> None:
    schedule = scheduled(targets={"device_ids": [device.pk for device in devices]} if "ids" in case else {"all": True})
    reasons = {
        "no device": "No device matches",
        "disabled": "is disabled",
        "deleted ids": "was deleted",
        "plugin gone": "proof.gone",
        "parameters": "params.colour",
        "veto": "not today",
        "bug": "objects with a bug",
    }
    if case in ("no device", "deleted ids"):
        Device.objects.all().delete()
    elif case == "disabled":
        Device.objects.update(enabled=False)
    elif case == "plugin gone":
        Schedule.objects.update(task="proof.gone")
    elif case == "parameters":
        Schedule.objects.update(params={"colour": "red"})
    else:
        webnet_plugins.load(objector=Objector(fails=case == "bug"))
    assert fire_due(NOON + HOUR) == 1
    job = Job.objects.get()
    assert (job.status, job.total, job.due_at, job.finished) == ("failed", 0, NOON + HOUR, True)
    assert reasons[case] in job.error
    found = fresh(schedule)
    assert (found.paused, found.last_job, found.next_due) == (False, job, NOON + 2 * HOUR)
    assert found.last_note.startswith("refused: ")
    assert [outcome.job_id for outcome in listener.outcomes] == [job.pk]
    assert fire_due(NOON + HOUR + timedelta(minutes=1)) == 0
    assert fire_due(NOON + 2 * HOUR) == 1, "it goes on at its next due time"


class Objector:
    """A plugin that objects to every job, or fails when asked."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    @hookimpl
    def webnet_check_submission(self, draft: Any) -> Veto:
        if self.fails:
            raise RuntimeError("objects with a bug")
        return Veto(code="objector.no", message="not today")


def test_a_deleted_device_does_not_keep_the_others_from_being_read(
    scheduled: Callable[..., Schedule], devices: list[Device]
) -> None:
    scheduled(targets={"device_ids": [device.pk for device in devices]})
    devices[0].delete()
    fire_due(NOON + HOUR)
    job = Job.objects.get()
    assert (job.status, job.total) == ("queued", 1)
    assert "1 devices that the schedule names were deleted since" in job.events.values_list("message", flat=True)


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), RuntimeError("a bug")])
def test_only_a_database_that_is_away_is_tried_again(
    scheduled: Callable[..., Schedule], webnet_plugins: Any, error: Exception
) -> None:
    webnet_plugins.load(breaker=Breaker())
    schedule = scheduled(task="breaker.read")
    away = isinstance(error, OperationalError)
    broken.append(error)
    try:
        with pytest.raises(OperationalError) if away else nullcontext():
            fire_due(NOON + HOUR)
    finally:
        broken.clear()
    assert fire_due(NOON + HOUR) == int(away)
    job = Job.objects.get()
    assert (job.status, job.error) == (("queued", "") if away else ("failed", "RuntimeError: a bug"))
    assert fresh(schedule).next_due == NOON + 2 * HOUR


def test_a_schedule_that_the_database_refuses_keeps_no_other_from_its_time(
    scheduled: Callable[..., Schedule], webnet_plugins: Any
) -> None:
    webnet_plugins.load(breaker=Breaker())
    scheduled(task="breaker.read")
    after = scheduled(name="after it")
    broken.append(OperationalError("canceling statement due to statement timeout"))
    try:
        with pytest.raises(OperationalError):
            fire_due(NOON + HOUR)
    finally:
        broken.clear()
    assert [job.schedule for job in Job.objects.all()] == [after]


broken: list[Exception] = []


class Fragile(BaseModel):
    """Parameters that raise what is in `broken`."""

    @model_validator(mode="after")
    def _break(self) -> Fragile:
        if broken:
            raise broken[0]
        return self


class Breaker:
    """A plugin whose task cannot read its own parameters at times."""

    @hookimpl
    def webnet_register_tasks(self) -> list[TaskSpec[Any]]:
        return [TaskSpec(name="breaker.read", title="Read", run=print, params=Fragile)]


def test_a_clock_that_goes_back_makes_no_job_of_a_due_time_that_had_one(scheduled: Callable[..., Schedule]) -> None:
    schedule = scheduled()
    fire_due(NOON + HOUR)
    finish()
    paused = pause_schedule(schedule.owner, schedule, "the clock is wrong")
    resumed = resume_schedule(schedule.owner, paused, now=NOON)
    assert resumed.next_due == NOON + HOUR
    assert fire_due(NOON + HOUR) == 1
    assert dues() == [NOON + HOUR]
    assert fresh(schedule).next_due == NOON + 2 * HOUR


def test_run_now_is_one_job_more_with_the_rights_of_whoever_asks(
    scheduled: Callable[..., Schedule], operator: Any, customer: Customer
) -> None:
    schedule = scheduled()
    other = make_user("otto", role="operator", customer=customer)
    job = run_now(other, schedule)
    assert (job.user, job.due_at, job.schedule) == (other, None, schedule)
    with pytest.raises(Conflict, match="still queued"):
        run_now(other, schedule)
    finish()
    run_now(operator, schedule)
    finish()
    assert fresh(schedule).next_due == NOON + HOUR
    with pytest.raises(PermissionDenied):
        run_now(make_user("vera", role="viewer", customer=customer), schedule)
    delete_schedule(operator, schedule)
    assert Job.objects.count() == 2


def test_a_schedule_runs_tasks_that_read_alone(scheduled: Callable[..., Schedule]) -> None:
    with pytest.raises(InvalidInput, match="execute_at") as caught:
        scheduled(task="proof.change")
    assert caught.value.errors[0].code == "changes_devices"


def test_whoever_may_not_run_the_task_cannot_let_somebody_elses_schedule_run_it(
    scheduled: Callable[..., Schedule], customer: Customer
) -> None:
    admin = make_user("ada", role="admin", customer=customer)
    schedule = scheduled()
    mine = update_schedule(admin, schedule, {"task": "proof.raw"})
    assert (mine.owner, mine.task) == (admin, "proof.raw")
    with pytest.raises(PermissionDenied, match="view_raw"):
        update_schedule(schedule.owner, mine, {"name": "mine now"})
    assert fresh(schedule).owner == admin
