"""Jobs in tests without a worker: the same claims, writer and closing, in the calling thread."""

from __future__ import annotations

from collections.abc import Sequence

from webnet_core.jobs.models import Shard, ShardState
from webnet_core.jobs.worker import ShardWorker


def run_jobs_inline(queues: Sequence[str] | None = None, *, limit: int = 1000) -> int:
    """Run every queued shard, those that come to be meanwhile included, and return how many were run.

    What a job does on commit (ringing, live events, `webnet_event`) happens when the transaction round the test does:
    with Django's `TestCase`, inside ``captureOnCommitCallbacks(execute=True)``.

    Arguments:
        queues: the queues to serve; every queue with work where left out.
        limit: how many shards at most, should a task submit itself.
    """
    for done in range(limit):
        waiting = Shard.objects.filter(state=ShardState.QUEUED)
        served = tuple(queues or sorted(set(waiting.values_list("queue", flat=True))))
        if not served or not ShardWorker(kind="inline", queues=served).work_once():
            return done
    return limit
