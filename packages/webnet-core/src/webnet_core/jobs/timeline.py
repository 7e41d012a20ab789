"""A job's numbered events: gapless, in commit order, because the job's row is locked first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.exceptions import Conflict, NotFound
from webnet_core.jobs.models import Job, JobEvent
from webnet_core.live.publish import publish
from webnet_core.moments import with_offset
from webnet_core.storable import clean_json, clean_text

_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE for an elapsed lock_timeout


@dataclass(kw_only=True, slots=True)
class Note:
    """An event before it has its number."""

    kind: str = "log"
    message: str = ""
    level: str = "info"
    device_id: int | None = None
    host: str = ""
    data: Any = None
    ts: datetime = field(default_factory=timezone.now)


def topic_of(job_id: int) -> str:
    """Return the live topic of a job."""
    return f"job:{job_id}"


class JobBusy(Conflict):
    """Somebody else has been writing to this job for long; try again."""


def lock(job_id: int, *, patience: float = 0) -> Job:
    """Lock the job's row until the transaction ends and return it fresh; whatever writes to a job starts here.

    Arguments:
        patience: seconds to wait for the row on PostgreSQL; 0 waits as long as it takes.

    Raises:
        NotFound: the job was deleted.
        JobBusy: it was locked for longer than `patience`.
    """
    if connection.vendor == "postgresql":
        _limit_locks(patience)
    try:
        found = Job.objects.filter(pk=job_id).update(event_seq=F("event_seq"))
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
            raise JobBusy(f"Job {job_id} is being written to; try again.") from error
        raise
    if not found:
        raise NotFound(f"Job {job_id} was deleted.")
    return Job.objects.get(pk=job_id)


def _limit_locks(patience: float) -> None:
    """Let the server end this transaction should its process stand still: what is silent for so long counts as dead."""
    silence = settings.CORE.SILENT_AFTER_SECONDS
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true), set_config('lock_timeout', %s, true)",
            [f"{int(silence * 1000)}ms", f"{int(patience * 1000)}ms"],
        )


def add_events(job_id: int, notes: Sequence[Note]) -> int:
    """Number and store the events in the caller's transaction, publish them when it commits; return the last number."""
    if not notes:
        return 0
    Job.objects.filter(pk=job_id).update(event_seq=F("event_seq") + len(notes))
    last = Job.objects.values_list("event_seq", flat=True).get(pk=job_id)
    first = last - len(notes) + 1
    rows = JobEvent.objects.bulk_create(_row(job_id, first + index, note) for index, note in enumerate(notes))
    events = [as_dict(row) for row in rows]
    transaction.on_commit(lambda: publish(topic_of(job_id), first, last, events), robust=True)
    return last


def read_after(job_id: int, after: int, limit: int = 500) -> tuple[list[Mapping[str, Any]], int, bool]:
    """Return up to `limit` events numbered above `after`, the last number read, and whether no more will come."""
    job = Job.objects.only("status", "event_seq").get(pk=job_id)
    rows = JobEvent.objects.filter(job_id=job_id, seq__gt=after).order_by("seq")[:limit]
    events: list[Mapping[str, Any]] = [as_dict(row) for row in rows]
    last = int(events[-1]["seq"]) if events else after
    return events, last, job.finished and last >= job.event_seq


def as_dict(row: JobEvent) -> dict[str, Any]:
    """Return the event as sockets, polls and REST show it."""
    return {
        "seq": row.seq,
        "ts": with_offset(row.ts).isoformat(),
        "kind": row.kind,
        "level": row.level,
        "host": row.host,
        "device_id": row.device_id,
        "message": row.message,
        "data": row.data,
    }


def _row(job_id: int, seq: int, note: Note) -> JobEvent:
    return JobEvent(
        job_id=job_id,
        seq=seq,
        ts=note.ts,
        kind=note.kind,
        level=note.level,
        device_id=note.device_id,
        host=clean_text(note.host),
        message=clean_text(note.message),
        data=clean_json(note.data),
    )
