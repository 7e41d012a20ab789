"""Closing shards and jobs. The transaction that ends the last shard closes the job: its own decrement reads zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F
from django.utils import timezone

from webnet_core.events.emit import emit
from webnet_core.events.types import JobOutcome, job_ended
from webnet_core.jobs.durations import slower_than_usual
from webnet_core.jobs.models import COUNTERS, HostResult, Job, Shard, ShardState
from webnet_core.jobs.timeline import Note, add_events
from webnet_core.moments import with_offset
from webnet_core.plugins.items import ErrorCategory, HostStatus, JobStatus
from webnet_core.storable import clean_text

_OPEN = tuple(status.value for status in JobStatus if not status.terminal)


def close_shard(shard: Shard, state: ShardState, *, error: str = "") -> bool:
    """Move a locked job's shard to a terminal state; the last one closes the job.

    Call it inside the transaction that holds the job's lock (`timeline.lock`). Returns False when the shard was
    closed before.
    """
    open_states = (ShardState.QUEUED, ShardState.RUNNING)
    moved = Shard.objects.filter(pk=shard.pk, state__in=open_states).update(state=state, finished_at=timezone.now())
    if not moved:
        return False
    Job.objects.filter(pk=shard.job_id).update(open_shards=F("open_shards") - 1)
    if error:
        Job.objects.filter(pk=shard.job_id, error="").update(error=clean_text(error, 4000))
    if Job.objects.values_list("open_shards", flat=True).get(pk=shard.job_id) == 0:
        _close_job(shard.job_id)
    return True


def close_unstarted(job_id: int) -> None:
    """Close a job in the caller's transaction that has no shard: nothing of it can ever run, and its error says why."""
    _close_job(job_id)


def status_from(counts: Mapping[str, int], *, total: int, cancelled: bool, interrupted: bool, error: bool) -> JobStatus:
    """Derive a job's final status from its hosts. No host, or no evidence, is never success."""
    good = counts.get("ok", 0) + counts.get("changed", 0)
    if interrupted:
        return JobStatus.INTERRUPTED
    if cancelled and counts.get("cancelled", 0):
        return JobStatus.CANCELLED
    if good == 0 or total == 0:
        return JobStatus.FAILED
    return JobStatus.SUCCESS if good == total and not error else JobStatus.PARTIAL


def _close_job(job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    counts = dict(job.results.values_list("status").annotate(n=Count("pk")))
    status = _final_status(job, counts)
    now = timezone.now()
    moved = Job.objects.filter(pk=job_id, status__in=_OPEN).update(
        status=status.value, finished_at=now, **{name: counts.get(name, 0) for name in COUNTERS}
    )
    if not moved:
        return
    data = {"status": status.value, "counts": {name: counts.get(name, 0) for name in COUNTERS}, "progress": 100}
    level = "info" if status is JobStatus.SUCCESS else "warning"
    add_events(job_id, [Note(kind="job", message=_sentence(status, counts), level=level, data=data)])
    slow = slower_than_usual(job, status, now)
    emit(_outcome(job, status, counts), *([slow] if slow else []))


def _final_status(job: Job, counts: Mapping[str, int]) -> JobStatus:
    if job.total == 0 and not job.error and not _interrupted(job):
        return JobStatus.CANCELLED if job.cancel_requested_at else JobStatus.SUCCESS if job.ok else JobStatus.FAILED
    return status_from(
        counts,
        total=job.total,
        cancelled=job.cancel_requested_at is not None,
        interrupted=_interrupted(job),
        error=bool(job.error),
    )


def _interrupted(job: Job) -> bool:
    return job.shards.filter(state=ShardState.INTERRUPTED).exists()


def _sentence(status: JobStatus, counts: Mapping[str, int]) -> str:
    parts = [f"{counts[name]} {name}" for name in COUNTERS if counts.get(name)]
    return f"{status.value}: {', '.join(parts)}" if parts else status.value


def _outcome(job: Job, status: JobStatus, counts: Mapping[str, int]) -> JobOutcome:
    errors: Counter[str] = Counter(
        HostResult.objects.filter(job=job).exclude(error_category="").values_list("error_category", flat=True)
    )
    known: dict[ErrorCategory, int] = {ErrorCategory(name): n for name, n in errors.items()}
    hosts = list(HostResult.objects.filter(job=job, device__isnull=False).values_list("device_id", "device__site_id"))
    return job_ended(status)(
        customer_id=job.customer_id,
        site_ids=frozenset(site for _, site in hosts if site),
        device_ids=frozenset(device for device, _ in hosts if device),
        job_id=job.pk,
        task=job.type,
        status=status,
        counts={HostStatus(name): n for name, n in counts.items()},
        errors=known,
        started=with_offset(job.started_at) if job.started_at else None,
        finished=with_offset(timezone.now()),
    )


def settle_hosts(shard: Shard, changes: Mapping[int, Mapping[str, Any]], message: str = "") -> int:
    """Give open hosts of a locked job's shard their final row, a statement for all alike; return how many moved.

    Arguments:
        changes: host result id to the columns to set; `status` among them.
    """
    open_states = (HostStatus.PENDING.value, HostStatus.RUNNING.value)
    found = HostResult.objects.filter(shard=shard, pk__in=list(changes), status__in=open_states).order_by("pk")
    # Locked, so that all of these move and no other: SQLite has one writer and knows no row locks.
    rows = list(found.select_for_update(no_key=True))
    columns = {row.pk: {name: clean_text(value, 4000) for name, value in changes[row.pk].items()} for row in rows}
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for pk, values in columns.items():
        alike.setdefault(tuple(sorted(values.items())), []).append(pk)
    now = timezone.now()
    for shared, pks in alike.items():
        HostResult.objects.filter(pk__in=pks, status__in=open_states).update(finished_at=now, **dict(shared))
    if rows:
        deltas = Counter(values["status"] for values in columns.values())
        Job.objects.filter(pk=shard.job_id).update(**{name: F(name) + n for name, n in deltas.items()})
        add_events(shard.job_id, [host_note(row, columns[row.pk], message) for row in rows])
    return len(rows)


def host_note(row: HostResult, columns: Mapping[str, Any], message: str = "") -> Note:
    """Return the event that says where a host stands now."""
    status = str(columns.get("status", row.status))
    bad = status in ("failed", "unreachable", "unknown")
    data = {
        "device_id": row.device_id,
        "name": row.device_name,
        "status": status,
        "driver": columns.get("driver", row.driver),
        "attempts": columns.get("attempts", row.attempts),
        "error": columns.get("error_category", row.error_category),
        "phase": columns.get("phase", row.phase),
        "elapsed_ms": _elapsed(row),
    }
    text = str(message or columns.get("error") or columns.get("message") or status)
    return Note(
        kind="host",
        message=text[:2000],
        level="error" if bad else "info",
        device_id=row.device_id,
        host=row.device_name,
        data=data,
    )


def _elapsed(row: HostResult) -> int | None:
    if row.started_at is None:
        return None
    return int((timezone.now() - row.started_at).total_seconds() * 1000)
