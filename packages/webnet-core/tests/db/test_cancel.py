"""Cancelling is honest: what has not begun never does, what ended stays ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.db.executor import notes, release
from tests.db.processes import run_forked, wait_until, worker

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, NotFound, PermissionDenied
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, Shard
from webnet_core.jobs.owners import new_owner
from webnet_core.jobs.tick import tick
from webnet_core.testing.factories import make_device, make_devices, make_user
from webnet_core.testing.jobs import run_jobs_inline


def test_a_queued_job_is_cancelled_at_once_and_a_worker_that_comes_later_contacts_nothing(
    core: Callable[..., None], start: Callable[..., Job], operator: Any, contacts: str, listener: Any
) -> None:
    core(SHARD_SIZE=2)
    job = cancel(operator, start("read", make_devices(5, operator.webnet_memberships.get().customer)))
    assert (job.status, job.cancelled, job.open_shards) == ("cancelled", 5, 0)
    assert job.finished_at is not None
    assert run_jobs_inline() == 0
    assert notes(contacts) == []
    assert AuditEvent.objects.get(action="jobs.cancel").object_id == job.pk
    assert [outcome.status for outcome in listener.outcomes] == ["cancelled"]
    assert set(job.results.values_list("error", flat=True)) == {"Cancelled before this device was contacted."}


def test_a_running_job_admits_no_further_host(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job], operator: Any, contacts: str
) -> None:
    devices = make_devices(30, customer)
    job = start("read", devices, stay=[devices[1].hostname])
    with worker(HEARTBEAT_SECONDS=0.05):
        wait_until(lambda: job.results.filter(status="ok").exists())
        asked = cancel(operator, job)
        assert asked.status == "running", "cancelling is shown, not stored"
        again = cancel(operator, job)
        assert again.cancel_requested_at == asked.cancel_requested_at
        release(contacts)
        wait_until(lambda: Job.objects.get(pk=job.pk).finished)
    job.refresh_from_db()
    begun = {line.split()[1] for line in notes(contacts) if line.startswith("contact")}
    assert job.status == "cancelled"
    assert job.ok == len(begun) < 30
    assert job.cancelled == 30 - len(begun)
    assert set(job.results.filter(status="ok").values_list("device_name", flat=True)) == begun
    with pytest.raises(Conflict):
        cancel(operator, job)


def test_a_job_whose_worker_is_gone_is_cancelled_by_the_tick_and_not_run_again(
    customer: Customer, start: Callable[..., Job], operator: Any, contacts: str
) -> None:
    job = start("read", [make_device(customer, hostname=name) for name in ("begun", "waiting")])
    dead = run_forked([lambda: new_owner("test")])[0]
    claim_next(dead, ("default",))
    job.results.filter(device_name="begun").update(status="running", attempts=1)
    cancel(operator, job)
    tick()
    job.refresh_from_db()
    assert job.status == "cancelled"
    texts = dict(job.results.values_list("device_name", "error"))
    assert texts["begun"] == "Cancelled while it was being read."
    assert texts["waiting"] == "Cancelled before this device was contacted."
    assert run_jobs_inline() == 0
    assert notes(contacts) == []


def test_cancelling_and_claiming_at_once_never_leave_a_job_open(
    customer: Customer, start: Callable[..., Job], operator: Any, contacts: str
) -> None:
    for _ in range(8):
        job = start("read", make_devices(2, customer))

        def stop(job: Job = job) -> None:
            try:
                cancel(operator, job)
            except Conflict:
                return

        run_forked([stop, run_jobs_inline])
        job.refresh_from_db()
        assert job.status in {"cancelled", "success"}
        assert sum(job.counts.values()) == 2
        assert not Shard.objects.filter(state__in=("queued", "running")).exists()


def test_who_may_not_cancel_is_refused(customer: Customer, start: Callable[..., Job]) -> None:
    job = start("read", make_devices(1, customer))
    for wrong in (
        make_user(role="viewer", customer=customer),
        make_user(role="admin", customer=make_device().customer),
    ):
        with pytest.raises(PermissionDenied):
            cancel(wrong, job)
    assert Job.objects.get().cancel_requested_at is None


def test_a_deleted_job_cannot_be_cancelled(customer: Customer, start: Callable[..., Job], operator: Any) -> None:
    job = start("read", make_devices(1, customer))
    Job.objects.filter(pk=job.pk).delete()
    with pytest.raises(NotFound):
        cancel(operator, job)
