"""What there is to watch about jobs: figures, and whether anybody would run them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import Job, Shard, ShardState, Worker
from webnet_core.jobs.turns import last_tick
from webnet_core.ops.metrics import Gauge, labelled
from webnet_core.plugins.items import HealthCheck, HealthResult, JobStatus

_BROKER_SECONDS = 2.0
# cron drives the tick once a minute at most.
_TICKS_MISSED = 18


def checks() -> Iterable[HealthCheck]:
    """The broker, where there is one, the workers and the tick."""
    return (
        HealthCheck(
            key="broker",
            label="Message broker",
            run=check_broker,
            weight=30,
            meaning="Celery's workers are not woken; work that waits is found again once the broker is back.",
            fix="Start it, and see whether Celery's broker_url names it rightly.",
        ),
        HealthCheck(
            key="workers",
            label="Workers",
            run=check_workers,
            needed=False,
            weight=40,
            meaning="Jobs wait, and end as interrupted when nobody comes for them.",
            fix="Start manage.py webnet worker or Celery workers for the queues, or serve over ASGI by with_worker()",
        ),
        HealthCheck(
            key="tick",
            label="Tick",
            run=check_tick,
            needed=False,
            weight=50,
            meaning="Schedules do not fire, and neither lost workers nor lost messages are noticed.",
            fix="Run a worker, Celery beat with webnet.tick, or manage.py webnet tick from cron every minute.",
        ),
    )


def check_broker() -> HealthResult:
    """Connect to Celery's broker; the embedded worker needs none."""
    if settings.CORE.DISPATCHER != "celery" or find_spec("celery") is None:
        return HealthResult(ok=True, message="Jobs need no broker here.")
    from celery import current_app  # noqa: PLC0415 - the extra `celery` may be absent

    with current_app.connection(connect_timeout=_BROKER_SECONDS) as connection:
        connection.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
    return HealthResult(ok=True)


def check_workers() -> HealthResult:
    """Say how many workers were heard of lately, and which queues have work that nobody takes."""
    alive = alive_workers()
    served = {queue for worker in alive for queue in worker.queues}
    deserted = sorted(set(_waiting()) - served)
    facts = {"alive": len(alive), "queues": sorted(served)}
    if not alive:
        return HealthResult(ok=False, message="No worker was heard of lately.", facts=facts)
    if deserted:
        return HealthResult(ok=False, message=f"Nobody serves {', '.join(deserted)}, where work waits.", facts=facts)
    return HealthResult(ok=True, message=f"{len(alive)} alive.", facts=facts)


def check_tick() -> HealthResult:
    """Say when something last drove the tick."""
    last = last_tick()
    if last is None:
        return HealthResult(ok=False, message="It never ran.")
    ago = max(0.0, (timezone.now() - last).total_seconds())
    limit = max(settings.CORE.SILENT_AFTER_SECONDS, _TICKS_MISSED * settings.CORE.TICK_SECONDS)
    return HealthResult(ok=ago <= limit, message=f"It ran {ago:.0f} s ago.", facts={"seconds": round(ago)})


def alive_workers() -> list[Worker]:
    """Return the workers heard of within the time after which one counts as dead."""
    since = timezone.now() - timedelta(seconds=settings.CORE.SILENT_AFTER_SECONDS)
    return list(Worker.objects.filter(seen_at__gt=since).order_by("name"))


def gauges() -> Iterable[Gauge]:
    """Return the figures of jobs, workers and devices of the whole site."""
    open_states = [status.value for status in JobStatus if not status.terminal]
    jobs = dict.fromkeys(open_states, 0) | _counted(Job.objects.filter(status__in=open_states), "status")
    waiting = _waiting()
    kinds: dict[str, float] = {}
    for worker in alive_workers():
        kinds[worker.kind] = kinds.get(worker.kind, 0) + 1
    now = timezone.now()
    yield Gauge(name="webnet_jobs_open", help="Jobs by state.", labels=("status",), values=labelled(jobs))
    yield Gauge(
        name="webnet_shards_waiting",
        help="Parts of jobs that wait for a worker, by queue.",
        labels=("queue",),
        values=labelled({queue: count for queue, (count, _) in waiting.items()}),
    )
    yield Gauge(
        name="webnet_shard_waiting_seconds",
        help="How long the oldest part of a job has waited for a worker, by queue.",
        labels=("queue",),
        values=labelled({queue: max(0.0, (now - since).total_seconds()) for queue, (_, since) in waiting.items()}),
    )
    yield Gauge(name="webnet_workers_alive", help="Workers by kind.", labels=("kind",), values=labelled(kinds))
    yield Gauge(
        name="webnet_devices",
        help="Devices by what the last contact said.",
        labels=("reachability",),
        values=labelled(_counted(Device.objects.all(), "reachability")),
    )


def _waiting() -> dict[str, tuple[int, Any]]:
    """Map queue to how many shards wait in it, and since when the oldest may start."""
    rows = Shard.objects.filter(state=ShardState.QUEUED, not_before__lte=timezone.now())
    counted = rows.order_by().values("queue").annotate(count=Count("pk"), since=Min("not_before"))
    return {row["queue"]: (row["count"], row["since"]) for row in counted}


def _counted(rows: Any, column: str) -> dict[str, float]:
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))
