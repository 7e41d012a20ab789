"""Ringing: tell somebody that there is work. A lost ring costs time, never work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from webnet_core.conf import settings
from webnet_core.jobs.models import Shard, ShardState

log = logging.getLogger(__name__)

doorbell = threading.Event()
_BUILT_IN = {"celery": "webnet_core.jobs.celery.publish"}


def ring_after_commit(shards: Iterable[Shard]) -> None:
    """Ring for these shards once the transaction has committed."""
    found = list(shards)
    transaction.on_commit(lambda: ring(found), robust=True)


def ring(shards: Iterable[Shard]) -> None:
    """Wake a worker for each shard: the embedded one, or whoever listens on the shard's queue.

    A broker that is down is logged; the tick rings again.
    """
    dispatcher = settings.CORE.DISPATCHER
    if dispatcher == "embedded":
        doorbell.set()
        return
    publish: Callable[[Shard], None] = import_string(_BUILT_IN.get(dispatcher, dispatcher))
    for shard in shards:
        try:
            publish(shard)
        except OSError as error:
            log.warning("Ringing for %s failed (%s); the tick rings again.", shard, error)
            return


def ring_waiting() -> int:
    """Ring again for shards that have waited too long since they were last rung for; return how many."""
    now = timezone.now()
    rung_before = now - timedelta(seconds=settings.CORE.RING_AFTER_SECONDS)
    waiting = list(
        Shard.objects.filter(state=ShardState.QUEUED, not_before__lte=now, rung_at__lt=rung_before).order_by("pk")[:500]
    )
    mine = [shard for shard in waiting if Shard.objects.filter(pk=shard.pk, rung_at=shard.rung_at).update(rung_at=now)]
    if mine:
        ring(mine)
    return len(mine)
