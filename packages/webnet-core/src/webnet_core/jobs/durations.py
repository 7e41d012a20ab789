"""How long a schedule's jobs take, and when one takes much longer than the ones before."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Final

from webnet_core.events.types import PerformanceDegraded
from webnet_core.jobs.models import Job
from webnet_core.plugins.items import JobStatus

# Fewer say nothing of what is usual; older ones were another network.
FEWEST, MOST = 5, 20
# Twice as long, and by more than what a busy minute explains.
FACTOR: Final = 2.0
LEAST_SECONDS: Final = 30.0
_DONE = (JobStatus.SUCCESS.value, JobStatus.PARTIAL.value)


def slower_than_usual(job: Job, status: JobStatus, ended: datetime) -> PerformanceDegraded | None:
    """Return what to tell where a schedule's job took much longer than usual; one query, for jobs of schedules alone.

    Usual is the median of the last jobs of the same schedule that were done on about as many devices.
    """
    if job.schedule_id is None or job.started_at is None or status.value not in _DONE:
        return None
    earlier = Job.objects.filter(schedule=job.schedule_id, status__in=_DONE, started_at__isnull=False, pk__lt=job.pk)
    alike = earlier.filter(total__gte=job.total * 0.8, total__lte=job.total * 1.25).order_by("-pk")
    known = [
        (finished - started).total_seconds()
        for started, finished in alike.values_list("started_at", "finished_at")[:MOST]
        if started is not None and finished is not None
    ]
    took = (ended - job.started_at).total_seconds()
    if len(known) < FEWEST or took <= FACTOR * median(known) or took - median(known) <= LEAST_SECONDS:
        return None
    return PerformanceDegraded(
        customer_id=job.customer_id,
        job_id=job.pk,
        schedule_id=job.schedule_id,
        task=job.type,
        seconds=round(took, 1),
        usual_seconds=round(median(known), 1),
    )
