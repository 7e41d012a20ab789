"""Seeing a job through from a terminal: with whoever works, or, where nobody does, here."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.events.sending import courier
from webnet_core.jobs.models import Job, Shard, ShardState, Worker
from webnet_core.jobs.owners import is_dead
from webnet_core.jobs.tick import tick
from webnet_core.jobs.worker import ShardWorker
from webnet_core.plugins.items import JobStatus
from webnet_core.plugins.verbs import Exit

HERE = "here"
ELSEWHERE = "worker"
_POLL_SECONDS = 0.2
_SILENT_TICKS = 3


def _nothing() -> None:
    """Look at nothing."""


def wait_for(job: Job, *, seconds: float, tell: Callable[[str], object], look: Callable[[], object] = _nothing) -> str:
    """Return when the job has ended or `seconds` are over.

    Arguments:
        job: one that was submitted.
        seconds: longest wait. Work that this process has begun is finished all the same.
        tell: receives who does the work, in a sentence.
        look: called every now and then while the job goes on, and once it has ended.

    Returns:
        ``worker`` where somebody else did the work, ``here`` where this process did some of it.
    """
    until = time.monotonic() + seconds
    if others := _served_by(job):
        tell(f"Working: {others}.")
    elif settings.CORE.DISPATCHER == "embedded":
        tell("No worker is running; working in this process.")
        _work_here(job, until, look)
        return HERE
    while not _ended(job) and time.monotonic() < until:
        look()
        time.sleep(_POLL_SECONDS)
    look()
    return ELSEWHERE


def exit_of_job(job: Job) -> Exit:
    """Return how a verb ends that was about this job, as far as it is."""
    if not job.finished:
        return Exit.UNFINISHED
    if job.status == JobStatus.SUCCESS.value:
        return Exit.DONE
    return Exit.UNREACHABLE if job.total and job.unreachable == job.total else Exit.FAILED


def _served_by(job: Job) -> str:
    """Names of living workers that serve the job's queues; empty where one of them is served by nobody."""
    seen_after = timezone.now() - timedelta(seconds=_SILENT_TICKS * settings.CORE.TICK_SECONDS)
    living = [worker for worker in Worker.objects.filter(seen_at__gte=seen_after) if not is_dead(worker.name)]
    queues = set(Shard.objects.filter(job=job).values_list("queue", flat=True))
    served = {queue for worker in living for queue in worker.queues}
    return ", ".join(worker.name for worker in living) if queues <= served else ""


def _work_here(job: Job, until: float, look: Callable[[], object]) -> None:
    """Run the job's shards one by one; one that somebody else takes meanwhile is waited for."""
    worker = ShardWorker(kind="cli")
    next_tick = 0.0
    while not _ended(job) and time.monotonic() < until:
        look()
        if time.monotonic() >= next_tick:
            tick()
            next_tick = time.monotonic() + settings.CORE.TICK_SECONDS
        waiting = Shard.objects.filter(job=job, state=ShardState.QUEUED).order_by("pk").values_list("pk", flat=True)
        shard_id = waiting.first()
        if shard_id is None or not worker.work_once(shard_id):
            time.sleep(_POLL_SECONDS)
    look()
    courier.wait()


def _ended(job: Job) -> bool:
    job.refresh_from_db()
    return job.finished
