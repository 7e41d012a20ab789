"""Jobs that wait for a time: when they may run, and that whoever asked for them may still run them then."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from webnet_core.access.scope import can
from webnet_core.exceptions import InvalidInput, NotFound, PermissionDenied
from webnet_core.jobs.catalogue import get_task, permission_of
from webnet_core.jobs.models import Job
from webnet_core.jobs.timeline import JobBusy, Note, add_events, lock
from webnet_core.moments import utc_now
from webnet_core.plugins.items import JobStatus

FURTHEST = timedelta(days=366)
_PATIENCE = 3.0
_BATCH = 200


def parse_execute_at(value: datetime | str) -> datetime:
    """Return the moment a job is put off to.

    Arguments:
        value: a moment or its ISO 8601 text, with its offset from UTC.

    Raises:
        InvalidInput: it is no such moment, or does not say its offset.
    """
    try:
        moment = parse_datetime(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidInput.at("execute_at", "This is no time; write it as 2027-01-31T22:00:00+01:00.", "invalid")
    if timezone.is_naive(moment):
        message = "Say in which zone this time is: end it with Z or with an offset, as +01:00."
        raise InvalidInput.at("execute_at", message, "no_offset")
    return moment


def refuse_unreachable(moment: datetime) -> None:
    """Go on only if a job may be put off to `moment`.

    Raises:
        InvalidInput: it has passed, or is further away than `FURTHEST`.
    """
    now = utc_now()
    if moment <= now:
        message = f"This time has passed; it is {now:%Y-%m-%dT%H:%M:%SZ} now. Leave execute_at out to run at once."
        raise InvalidInput.at("execute_at", message, "past")
    if moment - now > FURTHEST:
        message = f"This is more than {FURTHEST.days} days away; put it off for less, or make a schedule."
        raise InvalidInput.at("execute_at", message, "too_far")


def refuse_lost_right(job: Job) -> None:
    """Go on only if a job that was put off may still be run by whoever asked for it.

    Raises:
        PermissionDenied: they have lost the right, or are gone, since.
    """
    if job.scheduled_for is not None and not can(job.user, permission_of(get_task(job.type)), job.customer_id):
        raise PermissionDenied("Whoever put this job off may not run it any more.")


def release_due() -> int:
    """Move jobs whose time has come from ``scheduled`` to ``queued``; return how many."""
    waiting = Job.objects.filter(status=JobStatus.SCHEDULED.value, scheduled_for__lte=timezone.now())
    return sum(_release(pk) for pk in waiting.order_by("scheduled_for").values_list("pk", flat=True)[:_BATCH])


def _release(job_id: int) -> bool:
    queued = JobStatus.QUEUED.value
    try:
        with transaction.atomic():
            lock(job_id, patience=_PATIENCE)
            moved = Job.objects.filter(pk=job_id, status=JobStatus.SCHEDULED.value).update(status=queued)
            if moved:
                add_events(job_id, [Note(kind="job", message="its time has come", data={"status": queued})])
    except (NotFound, JobBusy):
        return False
    return bool(moved)
