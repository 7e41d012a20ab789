"""What only a server with row locks can show; test_on_postgresql runs it beside the rest of this folder."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import InternalError, OperationalError, connections, transaction
from tests.db.processes import wait_until

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditChain, AuditEvent
from webnet_core.audit.record import record
from webnet_core.audit.seal import seal_waiting
from webnet_core.audit.verify import verify_chain
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


def test_audit_rows_that_are_committed_after_higher_numbers_are_sealed_after_them(customer: Customer) -> None:
    written, over = threading.Event(), threading.Event()
    early: list[int] = []

    def stay_open() -> None:
        with transaction.atomic():
            early.append(record(None, "test.early", customer_id=customer.pk).pk)
            written.set()
            over.wait(60)
        connections.close_all()

    slow = threading.Thread(target=stay_open)
    slow.start()
    assert written.wait(10)
    late = [record(None, "test.late", customer_id=customer.pk).pk for _ in range(3)]
    assert early[0] < min(late)
    assert seal_waiting() == 3
    over.set()
    slow.join()
    assert seal_waiting() == 1
    sealed = AuditEvent.objects.order_by("seal_number").values_list("pk", flat=True)
    assert list(sealed) == [*late, *early]
    report = verify_chain(customer.pk)
    assert (report.whole, report.length, report.unsealed) == (True, 4, 0)


def test_a_chain_that_another_process_is_sealing_is_left_to_it(customer: Customer) -> None:
    record(None, "test.act", customer_id=customer.pk)
    seal_waiting()
    record(None, "test.act", customer_id=customer.pk)
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(AuditChain.objects.select_for_update())
            locked.set()
            over.wait(60)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    done = seal_waiting()
    over.set()
    holder.join()
    assert (done, seal_waiting()) == (0, 1)
