"""Celery as a doorbell: one message a shard wakes a worker, which claims from the job table. The only Celery import.

Messages are acknowledged early and never retried: a lost one is mended by the tick, a second one finds nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from celery import shared_task
from celery.exceptions import WorkerShutdown
from celery.signals import worker_init
from django.contrib.auth import get_user_model
from kombu.exceptions import OperationalError

from webnet_core.conf import settings
from webnet_core.deployment import require_safe_start
from webnet_core.exceptions import ConfigurationError
from webnet_core.jobs import tick as ticking
from webnet_core.jobs.models import Shard
from webnet_core.jobs.submit import submit
from webnet_core.jobs.worker import ShardWorker

log = logging.getLogger(__name__)

_PRIORITY = {"read": 5, "change": 7, "disrupt": 7}


def publish(shard: Shard) -> None:
    """Ring for one shard on its own queue.

    Raises:
        OSError: the broker cannot be reached.
    """
    try:
        work.apply_async(
            (shard.pk,), queue=shard.queue, priority=_PRIORITY[shard.risk], ignore_result=True, retry=False
        )
    except OperationalError as error:
        raise OSError(str(error)) from error


@worker_init.connect(dispatch_uid="webnet_core.jobs.celery")  # type: ignore[untyped-decorator]
def refuse_unsafe_start(**_: Any) -> None:
    """Let no worker of webnet's start on a site that is not safe to be reached; a host's own Celery is its own.

    Raises:
        WorkerShutdown: with exit code 1, after saying what is wrong.
    """
    if settings.CORE.DISPATCHER != "celery":
        return
    try:
        require_safe_start()
    except ConfigurationError as error:
        log.critical("%s", error)
        raise WorkerShutdown(1) from error


@shared_task(name="webnet.work", ignore_result=True, acks_late=False)  # type: ignore[untyped-decorator]
def work(shard_id: int) -> None:
    """Claim the shard rung for, else the oldest claimable one of its queue, and run it."""
    queue = Shard.objects.filter(pk=shard_id).values_list("queue", flat=True).first()
    queues = (queue,) if queue else tuple(settings.CORE.WORKER_QUEUES)
    ShardWorker(kind="celery", queues=queues).work_once(prefer=shard_id)


@shared_task(name="webnet.tick", ignore_result=True, acks_late=False)  # type: ignore[untyped-decorator]
def tick() -> None:
    """Drive the tick; beat sends this every few seconds."""
    ticking.tick()


@shared_task(name="webnet.execute_nornir_task", ignore_result=True)  # type: ignore[untyped-decorator]
def execute_nornir_task(
    task: str, targets: Mapping[str, Any], params: Mapping[str, Any] | None = None, *, username: str, **options: Any
) -> int:
    """Submit a job for `username` and return its id; progress and results are in the job table."""
    user = get_user_model().objects.get_by_natural_key(username)
    return submit(user, task=task, targets=targets, params=params, options=options, source="celery").pk
