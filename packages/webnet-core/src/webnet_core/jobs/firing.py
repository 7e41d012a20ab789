"""Schedules that are due. Any number of ticks may look at once: the one that moves `next_due` on makes the job.

Moving on and making the job are one transaction, so a crash between them repeats both. A job that cannot be made is
made nevertheless, as a failed one that says why, and the schedule goes on at its next due time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from django.db import Error, transaction
from django.db.models import Exists, OuterRef, Q

from webnet_core.access.permissions import require
from webnet_core.access.scope import can
from webnet_core.audit.record import origin, record
from webnet_core.events.emit import emit
from webnet_core.events.types import ScheduleNotice, SchedulePaused
from webnet_core.exceptions import Conflict, InvalidInput, WebnetError
from webnet_core.inventory.models import Device
from webnet_core.inventory.targets import resolve
from webnet_core.jobs.catalogue import permission_of
from webnet_core.jobs.closing import close_unstarted
from webnet_core.jobs.models import Job, Overlap, Schedule
from webnet_core.jobs.params import parse_options, parse_params
from webnet_core.jobs.persistence import AWAY
from webnet_core.jobs.plan import Frozen
from webnet_core.jobs.schedules import recurrence_of, schedulable, set_paused
from webnet_core.jobs.submit import create_job
from webnet_core.jobs.timeline import Note, add_events
from webnet_core.moments import as_stored, utc_now, with_offset
from webnet_core.plugins.items import JobStatus
from webnet_core.plugins.registry import registry
from webnet_core.redact import current
from webnet_core.storable import clean_text

log = logging.getLogger(__name__)

SOURCE = "schedule"
_BATCH = 100  # a tick has more to do; the next one comes in seconds
_What: TypeAlias = Literal["paused", "skipped", "missed", "refused"]
_OPEN = tuple(status.value for status in JobStatus if not status.terminal)


def fire_due(now: datetime | None = None) -> int:
    """Make the jobs of every schedule that is due; return how many schedules were dealt with.

    Arguments:
        now: the current moment, with its offset; the clock's where left out.

    Raises:
        Error: the database refused some, which the next tick tries again; all others were dealt with.
    """
    moment = now or utc_now()
    busy = Exists(Job.objects.filter(schedule=OuterRef("pk"), status__in=_OPEN))
    rows = Schedule.objects.filter(paused=False, next_due__lte=as_stored(moment))
    rows = rows.exclude(Q(overlap=Overlap.QUEUE) & busy).order_by("next_due", "pk")
    fired, refused = 0, None
    for pk in list(rows.values_list("pk", flat=True)[:_BATCH]):
        try:
            fired += _fire(pk, moment)
        except Error as error:
            log.warning("Schedule %d could not be fired (%s); the next tick tries again.", pk, error)
            refused = error
    if refused is not None:
        raise refused
    return fired


def run_now(user: Any, schedule: Schedule) -> Job:
    """Submit a schedule's task once, besides its due times and with the rights of the user who asks.

    Raises:
        PermissionDenied: the user may not run the task in its customer.
        Conflict: a job of the schedule is still open.
        InvalidInput: what the schedule says to run cannot be run.
        SubmissionRefused: a guard said no.
    """
    require(user, _action(schedule), schedule.customer_id)
    with transaction.atomic():
        fresh = Schedule.objects.select_for_update().get(pk=schedule.pk)
        if (still := _open_job(fresh)) is not None:
            raise Conflict(f"Job {still.pk} of this schedule is still {still.status}.")
        job = _submit(user, fresh, None)
        Schedule.objects.filter(pk=fresh.pk).update(last_job=job)
    return job


def _fire(pk: int, now: datetime) -> bool:
    with origin(door=f"schedule {pk}"), transaction.atomic():
        # One that another tick has in its hands is left to it; SQLite has one writer and knows no row locks.
        found = Schedule.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, paused=False)
        schedule = found.filter(next_due__lte=as_stored(now)).select_related("owner").first()
        if schedule is None or schedule.next_due is None or _waits(schedule):
            return False
        first = with_offset(schedule.next_due)
        try:
            times = recurrence_of(schedule, first)
        except InvalidInput as error:
            _pause(schedule, error.message, first)
            return True
        due, following = times.latest(now) or first, times.next_after(now)
        claimed = Schedule.objects.filter(pk=pk, paused=False, next_due=schedule.next_due).update(
            next_due=None if following is None else as_stored(following), last_due=as_stored(due), last_note=""
        )
        if claimed:
            _carry_out(schedule, first, due, now)
        return bool(claimed)


def _carry_out(schedule: Schedule, first: datetime, due: datetime, now: datetime) -> None:
    late = now - _waited_until(schedule, due)
    if lacking := _lacking(schedule):
        _pause(schedule, lacking, due)
    elif (still := _open_job(schedule)) is not None:
        _tell(schedule, "skipped", f"Job {still.pk} was still {still.status}.", due)
    elif late > timedelta(seconds=schedule.grace):
        minutes = int(late.total_seconds() // 60)
        _tell(schedule, "missed", f"It was found {minutes} minutes late; its grace is {schedule.grace} s.", due)
    else:
        if first < due:
            message = f"Due times from {first:%Y-%m-%d %H:%M} UTC on were passed over; only the latest one runs."
            _tell(schedule, "missed", message, first)
        Schedule.objects.filter(pk=schedule.pk).update(last_job=_make_job(schedule, due))


def _waits(schedule: Schedule) -> bool:
    return schedule.overlap == Overlap.QUEUE and _open_job(schedule) is not None


def _lacking(schedule: Schedule) -> str:
    """Return why the owner may not run this any more; empty where they may."""
    owner = schedule.owner
    if owner is None:
        return "Its owner's account was removed; whoever resumes it becomes its owner."
    if not owner.is_active:
        return f"Its owner {owner.get_username()} is deactivated; whoever resumes it becomes its owner."
    action = _action(schedule)
    if not can(owner, action, schedule.customer_id):
        return f"Its owner {owner.get_username()} lacks '{action}' now; whoever resumes it becomes its owner."
    return ""


def _action(schedule: Schedule) -> str:
    tasks: Mapping[str, Any] = registry("tasks")
    return permission_of(tasks[schedule.task]) if schedule.task in tasks else "jobs.run"


def _open_job(schedule: Schedule) -> Job | None:
    return Job.objects.filter(schedule=schedule, status__in=_OPEN).order_by("pk").first()


def _waited_until(schedule: Schedule, due: datetime) -> datetime:
    """Return when the due time could run at the earliest: after the job it had to wait for."""
    if schedule.overlap != Overlap.QUEUE:
        return due
    ended = Job.objects.filter(schedule=schedule, finished_at__isnull=False).order_by("-finished_at")
    finished = ended.values_list("finished_at", flat=True).first()
    return due if finished is None else max(due, with_offset(finished))


def _make_job(schedule: Schedule, due: datetime) -> Job:
    made = Job.objects.filter(schedule=schedule, due_at=as_stored(due)).first()
    if made is not None:  # the clock went back, or the schedule was resumed on the very minute
        return made
    try:
        with transaction.atomic():
            return _submit(schedule.owner, schedule, due)
    except AWAY:
        raise
    except WebnetError as error:
        reason = error.message
    except Exception as error:  # the plugin boundary: a task's parameters or a guard may raise anything
        log.exception("Schedule %d could not submit its job.", schedule.pk)
        reason = f"{type(error).__name__}: {error}"
    reason = clean_text(current().clean(reason), 4000)
    _tell(schedule, "refused", reason, due)
    return _failed_job(schedule, due, reason)


def _submit(user: Any, schedule: Schedule, due: datetime | None) -> Job:
    spec = schedulable(schedule.task)
    params = parse_params(spec, schedule.params).model_dump(mode="json")
    targets, gone = _still_there(schedule)
    found = resolve(user, targets, customer_id=schedule.customer_id, action=permission_of(spec))
    frozen = Frozen(
        task=spec.name,
        customer_id=schedule.customer_id,
        device_ids=found.device_ids,
        params=params,
        options=parse_options(schedule.options).model_dump(mode="json", exclude_none=True),
    )
    due_at = None if due is None else as_stored(due)
    job = create_job(user, spec, frozen, source=SOURCE, schedule=schedule, due_at=due_at)
    if gone:
        message = f"{gone} devices that the schedule names were deleted since"
        add_events(job.pk, [Note(kind="job", level="warning", message=message)])
    return job


def _still_there(schedule: Schedule) -> tuple[dict[str, Any], int]:
    """Return the targets without the ids of deleted devices, and how many those are."""
    targets = dict(schedule.targets)
    named = targets.get("device_ids")
    if not named:
        return targets, 0
    rows = Device.objects.filter(customer_id=schedule.customer_id, pk__in=named)
    left = sorted(rows.values_list("pk", flat=True))
    if not left:
        raise InvalidInput.at("targets", "Every device that this schedule names was deleted.", "no_match")
    return {**targets, "device_ids": left}, len(set(named)) - len(left)


def _failed_job(schedule: Schedule, due: datetime, reason: str) -> Job:
    job = Job.objects.create(
        customer_id=schedule.customer_id,
        type=schedule.task,
        user=schedule.owner,
        source=SOURCE,
        params=schedule.params,
        options=schedule.options,
        schedule=schedule,
        due_at=as_stored(due),
        error=reason,
    )
    add_events(job.pk, [Note(kind="job", level="error", message=reason)])
    close_unstarted(job.pk)
    record(schedule.owner, "jobs.submit", job, data={"task": job.type, "schedule": schedule.pk, "refused": reason})
    return job


def _pause(schedule: Schedule, reason: str, due: datetime) -> None:
    set_paused(schedule, reason)
    _tell(schedule, "paused", reason, due)


def _tell(
    schedule: Schedule, what: Literal["paused", "skipped", "missed", "refused"], reason: str, due: datetime
) -> None:
    """Note, audit and announce that a due time made no ordinary job."""
    Schedule.objects.filter(pk=schedule.pk).update(last_note=f"{what}: {reason}"[:500])
    record(None, f"schedules.{what}", schedule, data={"reason": reason, "due": due.isoformat()})
    kind = SchedulePaused if what == "paused" else ScheduleNotice
    emit(
        kind(
            schedule_id=schedule.pk,
            customer_id=schedule.customer_id,
            name=schedule.name,
            what=what,
            reason=reason,
            due=due,
        )
    )
