"""What the jobs room brings to core's registries: its steps of the tick and its live topic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from webnet_core.blobs.sweep import sweep
from webnet_core.jobs.firing import fire_due
from webnet_core.jobs.models import IdempotencyRecord, Job
from webnet_core.jobs.postponing import release_due
from webnet_core.jobs.queue import ring_waiting
from webnet_core.jobs.reaper import reap
from webnet_core.jobs.timeline import read_after
from webnet_core.jobs.turns import note_tick, take_turn
from webnet_core.plugins.items import TickStep, Topic

SWEEP_SECONDS = 3600.0
# How long a request may be repeated under its Idempotency-Key.
REPEATABLE = timedelta(hours=24)


def tick_steps() -> Iterable[TickStep]:
    """Reap first, so that what went back to the queue is rung for in the same tick."""
    return (
        TickStep(key="jobs.reap", run=reap, weight=100),
        TickStep(key="jobs.heartbeat", run=note_tick, weight=0),
        TickStep(key="jobs.schedules", run=fire_due, weight=50),
        TickStep(key="jobs.release", run=release_due, weight=150),
        TickStep(key="jobs.ring", run=ring_waiting, weight=200),
        TickStep(key="jobs.sweep", run=sweep_in_turn, weight=900),
        TickStep(key="jobs.forget_answers", run=forget_answers, weight=910),
    )


def sweep_in_turn() -> int:
    """Remove blobs that nothing refers to any more, once an hour."""
    return sweep() if take_turn("blob-sweep", SWEEP_SECONDS) else 0


def forget_answers() -> int:
    """Forget the answers kept for repeated requests after a day, looking once an hour."""
    if not take_turn("idempotency-records", SWEEP_SECONDS):
        return 0
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - REPEATABLE).delete()[0]


def topics() -> Iterable[Topic]:
    """The events of one job, for whoever may see the job."""
    return (Topic(key="jobs.job", pattern=r"^job:(?P<id>\d{1,18})$", may_watch=_may_watch, read_after=read_after),)


def _may_watch(user: Any, job_id: int) -> bool:
    return Job.objects.for_user(user).filter(pk=job_id).exists()
