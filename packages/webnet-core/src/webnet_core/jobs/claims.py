"""Claiming: whoever wakes takes one shard by compare-and-set. A second claimant finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from webnet_core.exceptions import NotFound
from webnet_core.jobs.models import Job, Shard, ShardState
from webnet_core.jobs.timeline import JobBusy, Note, add_events, lock
from webnet_core.plugins.items import JobStatus

_CANDIDATES = 20
_PATIENCE = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Proof of who runs a shard: it holds as long as owner and attempt still stand in the row."""

    shard_id: int
    job_id: int
    owner: str
    attempt: int

    def holds(self) -> bool:
        """Renew the heartbeat; False when the shard has been taken away."""
        row = Shard.objects.filter(pk=self.shard_id, owner=self.owner, attempt=self.attempt, state=ShardState.RUNNING)
        return bool(row.update(heartbeat_at=Now()))


def claim_next(owner: str, queues: Sequence[str], prefer: int | None = None) -> Claim | None:
    """Take the preferred shard, else the oldest claimable one of `queues`; None when there is nothing to do."""
    now = timezone.now()
    rows = Shard.objects.filter(state=ShardState.QUEUED, not_before__lte=now, start_before__gt=now)
    if prefer is not None and rows.filter(pk=prefer).exists() and (claim := _claim(prefer, owner)):
        return claim
    for pk in rows.filter(queue__in=queues).order_by("pk").values_list("pk", flat=True)[:_CANDIDATES]:
        if claim := _claim(pk, owner):
            return claim
    return None


def _claim(shard_id: int, owner: str) -> Claim | None:
    try:
        return _claim_locked(shard_id, owner)
    except (JobBusy, NotFound):
        return None


def _claim_locked(shard_id: int, owner: str) -> Claim | None:
    with transaction.atomic():
        shard = Shard.objects.filter(pk=shard_id, state=ShardState.QUEUED).only("job_id").first()
        if shard is None:
            return None
        job_id = lock(shard.job_id, patience=_PATIENCE).pk
        taken = Shard.objects.filter(pk=shard_id, state=ShardState.QUEUED).update(
            state=ShardState.RUNNING, owner=owner, attempt=F("attempt") + 1, heartbeat_at=Now()
        )
        if not taken:
            return None
        started = Job.objects.filter(pk=job_id, status__in=(JobStatus.QUEUED.value, JobStatus.SCHEDULED.value))
        if started.update(status=JobStatus.RUNNING.value, started_at=timezone.now()):
            add_events(job_id, [Note(kind="job", message="running", data={"status": JobStatus.RUNNING.value})])
        attempt = Shard.objects.values_list("attempt", flat=True).get(pk=shard_id)
    return Claim(shard_id=shard_id, job_id=job_id, owner=owner, attempt=attempt)
