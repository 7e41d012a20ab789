"""Cancelling: at once where nothing runs, at the next heartbeat where something does."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from webnet_core.access.scope import can
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, PermissionDenied
from webnet_core.jobs.closing import close_shard, settle_hosts
from webnet_core.jobs.models import HostResult, Job, Shard, ShardState
from webnet_core.jobs.queue import doorbell
from webnet_core.jobs.timeline import Note, add_events, lock
from webnet_core.plugins.items import ErrorCategory, HostStatus

_OPEN_HOSTS = (HostStatus.PENDING.value, HostStatus.RUNNING.value)


def cancel(user: Any, job: Job) -> Job:
    """Ask that the job end: no host that has not begun will be contacted.

    Raises:
        PermissionDenied: the user may not cancel jobs of this customer.
        Conflict: the job has ended.
    """
    if not can(user, "jobs.cancel", job.customer_id):
        raise PermissionDenied("Cancelling a job needs the action 'jobs.cancel', which your role does not have.")
    with transaction.atomic():
        fresh = lock(job.pk)
        if fresh.finished:
            raise Conflict(f"Job {job.pk} has ended ({fresh.status}); it cannot be cancelled.")
        if fresh.cancel_requested_at is None:
            Job.objects.filter(pk=job.pk).update(cancel_requested_at=timezone.now())
            add_events(job.pk, [Note(kind="job", message=f"cancel asked for by {user}", level="warning")])
            record(user, "jobs.cancel", fresh, data={"status": fresh.status})
            for shard in fresh.shards.filter(state=ShardState.QUEUED):
                cancel_shard(shard)
    doorbell.set()
    job.refresh_from_db()
    return job


def cancel_shard(shard: Shard) -> None:
    """End a shard of a locked job whose remaining hosts are not to be contacted, or are reads that were broken off."""
    rows = HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS)
    settle_hosts(shard, {row.pk: _cancelled(row) for row in rows})
    close_shard(shard, ShardState.CANCELLED)


def _cancelled(row: HostResult) -> dict[str, str]:
    begun = row.attempts > 0
    return {
        "status": HostStatus.CANCELLED.value,
        "error_category": ErrorCategory.CANCELLED.value,
        "error": "Cancelled while it was being read." if begun else "Cancelled before this device was contacted.",
    }
