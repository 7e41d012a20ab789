"""Shards whose worker fell silent, and shards nobody came for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Now
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.exceptions import NotFound
from webnet_core.jobs.cancel import cancel_shard
from webnet_core.jobs.closing import close_shard, host_note, settle_hosts
from webnet_core.jobs.models import HostResult, Job, Shard, ShardState
from webnet_core.jobs.owners import is_dead
from webnet_core.jobs.queue import ring_after_commit
from webnet_core.jobs.timeline import JobBusy, Note, add_events, lock
from webnet_core.plugins.items import ErrorCategory, HostStatus, Phase

_ATTEMPTS = 2
_PATIENCE = 3.0
_OPEN_HOSTS = (HostStatus.PENDING.value, HostStatus.RUNNING.value)
_UNTOUCHED = ("", Phase.LEASED.value, Phase.SAVED.value)


def reap() -> int:
    """Take shards from workers that are silent or dead, and end those nobody claimed in time; return how many."""
    silent = Now() - Value(timedelta(seconds=settings.CORE.SILENT_AFTER_SECONDS))
    running = Shard.objects.filter(state=ShardState.RUNNING)
    quiet = set(running.filter(heartbeat_at__lt=silent).values_list("pk", flat=True))
    lost = [shard for shard in running if shard.pk in quiet or is_dead(shard.owner)]
    late = Shard.objects.filter(state=ShardState.QUEUED, start_before__lte=timezone.now())
    return sum(_end(_reap_silent, shard) for shard in lost) + sum(_end(_reap_unclaimed, shard) for shard in late)


def take_back(shard: Shard, *, reason: str, count_attempt: bool = True) -> None:
    """Put a read shard of a locked job back into the queue; hosts that had begun go back to pending.

    Somebody has to come for it anew within the time that any shard may wait.
    """
    now = timezone.now()
    begun = list(HostResult.objects.filter(shard=shard, status=HostStatus.RUNNING.value))
    pending = {"status": HostStatus.PENDING.value, "started_at": None}
    HostResult.objects.filter(pk__in=[row.pk for row in begun]).update(**pending)
    columns: dict[str, Any] = {"state": ShardState.QUEUED, "owner": "", "heartbeat_at": None, "rung_at": now}
    if not count_attempt:
        columns["attempt"] = max(shard.attempt - 1, 0)
    limit = now + timedelta(seconds=settings.CORE.START_BEFORE_SECONDS)
    Shard.objects.filter(pk=shard.pk).update(**columns, start_before=limit)
    notes = [Note(kind="job", level="warning", message=f"shard {shard.number} goes back: {reason}")]
    add_events(shard.job_id, [*notes, *(host_note(row, pending, "waits again") for row in begun)])
    ring_after_commit([shard])


def settle_change(rows: Iterable[HostResult], reason: str) -> dict[int, dict[str, Any]]:
    """Say truthfully, by its phase, what became of each host of a change whose worker is gone."""
    return {row.pk: _verdict(row, reason) for row in rows}


def interrupt(shard: Shard, reason: str) -> None:
    """End a shard of a locked job for good, each open host by what is known of it; with none open it is simply done."""
    open_rows = list(HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS))
    if not open_rows:
        close_shard(shard, ShardState.DONE)
        return
    verdicts = settle_read(open_rows, reason) if shard.risk == "read" else settle_change(open_rows, reason)
    settle_hosts(shard, verdicts)
    close_shard(shard, ShardState.INTERRUPTED, error=reason)


def settle_read(rows: Iterable[HostResult], reason: str) -> dict[int, dict[str, Any]]:
    """Give hosts of an interrupted read their final row: begun ones failed, the others were never contacted."""
    return {
        row.pk: _interrupted(HostStatus.FAILED, reason)
        if row.attempts
        else _interrupted(HostStatus.CANCELLED, f"Not contacted: {reason}")
        for row in rows
    }


def _end(reap_one: Callable[[Shard], bool], shard: Shard) -> bool:
    try:
        return reap_one(shard)
    except (NotFound, JobBusy):
        return False


def _reap_silent(shard: Shard) -> bool:
    with transaction.atomic():
        job = lock(shard.job_id, patience=_PATIENCE)
        fresh = Shard.objects.get(pk=shard.pk)
        same = (fresh.state, fresh.owner, fresh.attempt) == (shard.state, shard.owner, shard.attempt)
        if not same or (fresh.heartbeat_at or fresh.created_at) > (shard.heartbeat_at or shard.created_at):
            return False
        _end_silent(job, fresh)
    return True


def _end_silent(job: Job, shard: Shard) -> None:
    reason = f"worker {shard.owner} is gone"
    if shard.risk != "read":
        interrupt(shard, reason)
    elif job.cancel_requested_at is not None:
        cancel_shard(shard)
    elif shard.attempt < _ATTEMPTS and _has_open_hosts(shard):
        take_back(shard, reason=reason)
    else:
        interrupt(shard, f"{reason}, for the second time")


def _has_open_hosts(shard: Shard) -> bool:
    return HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS).exists()


def _reap_unclaimed(shard: Shard) -> bool:
    with transaction.atomic():
        lock(shard.job_id, patience=_PATIENCE)
        fresh = Shard.objects.get(pk=shard.pk)
        if fresh.state != ShardState.QUEUED or fresh.start_before != shard.start_before:
            return False
        interrupt(fresh, f"no worker serves queue {fresh.queue}")
    return True


def _verdict(row: HostResult, reason: str) -> dict[str, Any]:
    if row.phase in _UNTOUCHED:
        return _interrupted(HostStatus.CANCELLED, f"Untouched: {reason} before anything was sent.")
    if row.phase == Phase.CONFIRMED.value:
        return {"status": HostStatus.CHANGED.value, "message": f"Confirmed before {reason}."}
    reverts = row.facts.get("revert_at")
    tail = f" The device reverts at {reverts}." if reverts else " Look at the device before you try again."
    return _interrupted(HostStatus.UNKNOWN, f"Nobody can tell whether the change landed: {reason}.{tail}")


def _interrupted(status: HostStatus, message: str) -> dict[str, Any]:
    return {"status": status.value, "error_category": ErrorCategory.INTERRUPTED.value, "error": message}
