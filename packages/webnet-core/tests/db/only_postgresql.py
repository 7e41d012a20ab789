"""What only a server with row locks can show; test_on_postgresql runs it beside the rest of this folder."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import InternalError, OperationalError, connections, transaction
from tests.db.processes import wait_until

from webnet_core.access.models import Customer
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, Shard
from webnet_core.jobs.tick import tick
from webnet_core.jobs.timeline import lock
from webnet_core.testing.factories import make_devices
from webnet_core.testing.jobs import run_jobs_inline


def test_a_worker_that_stands_still_in_a_transaction_holds_its_job_no_longer_than_silence_lasts(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SILENT_AFTER_SECONDS=1)
    job = start("read", make_devices(2, customer))
    assert claim_next("elsewhere:1", ("default",))
    locked, over = threading.Event(), threading.Event()
    ends: list[str] = []

    def stand_still() -> None:
        try:
            with transaction.atomic():
                lock(job.pk)
                locked.set()
                over.wait(60)
                Shard.objects.update(owner="late")
        except (OperationalError, InternalError):
            ends.append("the server had ended the session")
        connections.close_all()

    frozen = threading.Thread(target=stand_still)
    frozen.start()
    assert locked.wait(10)
    wait_until(lambda: tick()["jobs.reap"])
    assert run_jobs_inline() == 1
    over.set()
    frozen.join()
    job.refresh_from_db()
    assert (job.status, job.ok) == ("success", 2)
    assert ends == ["the server had ended the session"]


def test_a_locked_job_does_not_keep_others_from_being_claimed(customer: Customer, start: Callable[..., Job]) -> None:
    busy, free = start("read", make_devices(1, customer)), start("read", make_devices(1, customer))
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock(busy.pk)
            locked.set()
            over.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    claim = claim_next("me", ("default",))
    over.set()
    holder.join()
    assert claim is not None
    assert claim.job_id == free.pk
