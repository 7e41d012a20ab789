"""What the jobs room brings to core's registries: its steps of the tick and its live topic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webnet_core.jobs.models import Job
from webnet_core.jobs.queue import ring_waiting
from webnet_core.jobs.reaper import reap
from webnet_core.jobs.timeline import read_after
from webnet_core.plugins.items import TickStep, Topic


def tick_steps() -> Iterable[TickStep]:
    """Reap first, so that what went back to the queue is rung for in the same tick."""
    return (
        TickStep(key="jobs.reap", run=reap, weight=100),
        TickStep(key="jobs.ring", run=ring_waiting, weight=200),
    )


def topics() -> Iterable[Topic]:
    """The events of one job, for whoever may see the job."""
    return (Topic(key="jobs.job", pattern=r"^job:(?P<id>\d{1,18})$", may_watch=_may_watch, read_after=read_after),)


def _may_watch(user: Any, job_id: int) -> bool:
    return Job.objects.for_user(user).filter(pk=job_id).exists()
