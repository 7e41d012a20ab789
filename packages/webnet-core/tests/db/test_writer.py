"""The one writer of a shard: numbered without gaps, in order, once, whatever the devices say."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from tests.db import executor
from tests.db.executor import notes
from tests.db.processes import run_forked

from webnet_core import redact
from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.blobs import store
from webnet_core.blobs.models import Blob
from webnet_core.exceptions import ClaimLost
from webnet_core.inventory import leases
from webnet_core.inventory.models import Device, DeviceLease, HostKey
from webnet_core.jobs.cancel import cancel_shard
from webnet_core.jobs.claims import Claim, claim_next
from webnet_core.jobs.closing import close_shard, settle_hosts
from webnet_core.jobs.collecting import told
from webnet_core.jobs.models import HostResult, Job, JobEvent, Shard
from webnet_core.jobs.submit import task_of
from webnet_core.jobs.timeline import Note, add_events, lock, read_after
from webnet_core.jobs.writer import MAX_LINES_A_HOST, JobWriter
from webnet_core.plugins.items import Attempt, CollectBatch, ErrorCategory, HostStatus, Outcome, Phase
from webnet_core.testing.factories import make_device, make_devices
from webnet_core.testing.jobs import run_jobs_inline

OK = Outcome(status=HostStatus.OK)
HOSTILE = "nul \x00, half a pair \ud800, bytes \udcff, \x1b[2J, \u202e, \U0001f600"


def open_writer(job: Job, collect: Callable[[CollectBatch], None] | None = None) -> JobWriter:
    """Claim the job's next shard and return its writer."""
    claim = claim_next("test", ("default",))
    assert claim is not None
    return writer_of(claim, job, collect)


def writer_of(claim: Claim, job: Job, collect: Callable[[CollectBatch], None] | None = None) -> JobWriter:
    hosts = list(HostResult.objects.filter(shard_id=claim.shard_id).order_by("pk"))
    return JobWriter(claim, job, replace(task_of(job), collect=collect), hosts)


def statuses(job: Job) -> dict[str, str]:
    return dict(job.results.values_list("device_name", "status"))


class Follower(threading.Thread):
    """Reads a job's events after its own position until there will be no more."""

    def __init__(self, job_id: int) -> None:
        super().__init__()
        self.job_id = job_id
        self.seen: list[Mapping[str, Any]] = []

    def run(self) -> None:
        last, finished = 0, False
        until = time.monotonic() + 240
        while not finished and time.monotonic() < until:
            events, last, finished = read_after(self.job_id, last, 50)
            self.seen += events
            time.sleep(0.005)
        connections.close_all()


def test_a_reader_that_follows_four_writing_processes_sees_everything_once_and_in_order(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SHARD_SIZE=1, FLUSH_ITEMS=1, FLUSH_SECONDS=0.0001)
    job = start("read", make_devices(4, customer))

    def write() -> None:
        claim = claim_next(f"test:{os.getpid()}", ("default",))
        assert claim is not None
        writer = writer_of(claim, job)
        (device_id,) = writer.names
        for number in range(40):
            writer.log(f"{claim.shard_id} {number}")
            writer.flush_if_due()
        writer.finished(device_id, OK)
        writer.flush()
        with transaction.atomic():
            lock(job.pk)
            close_shard(Shard.objects.get(pk=claim.shard_id), "done")

    follower = Follower(job.pk)
    run_forked([write] * 4, meanwhile=follower.start)
    follower.join(240)
    job.refresh_from_db()
    assert job.status == "success"
    assert [event["seq"] for event in follower.seen] == list(range(1, job.event_seq + 1))
    for shard_id in job.shards.values_list("pk", flat=True):
        lines = [event["message"] for event in follower.seen if event["message"].startswith(f"{shard_id} ")]
        assert lines == [f"{shard_id} {number}" for number in range(40)]


def test_an_event_of_a_transaction_that_fails_leaves_no_gap(customer: Customer, start: Callable[..., Job]) -> None:
    job = start("read", make_devices(1, customer))
    with transaction.atomic():
        add_events(job.pk, [Note(message="never")])
        transaction.set_rollback(True)
    add_events(job.pk, [Note(message="then")])
    assert list(job.events.values_list("seq", "message").order_by("seq"))[1:] == [(2, "then")]


def test_rows_events_counters_and_devices_are_written_together(customer: Customer, start: Callable[..., Job]) -> None:
    fine, wrong = make_device(customer, hostname="fine"), make_device(customer, hostname="wrong", last_error="old")
    Device.objects.filter(pk=fine.pk).update(last_error="old")
    job = start("read", [fine, wrong])
    writer = open_writer(job)
    for device in (fine, wrong):
        writer.started(device.pk, driver="paper", reason="why not")
    writer.finished(fine.pk, Outcome(status=HostStatus.OK, text="up", data={"n": 1}, driver="paper", message="well"))
    attempt = Attempt(driver="paper", operation="read", seconds=1.2345, error=ErrorCategory.PROTOCOL, message="odd")
    writer.finished(
        wrong.pk, Outcome(status=HostStatus.FAILED, error=ErrorCategory.PROTOCOL, message="odd", attempts=[attempt])
    )
    assert job.results.filter(status="pending").count() == 2
    writer.flush()
    one, two = job.results.order_by("device_name")
    assert (one.status, one.message, one.error, one.attempts, one.driver, one.reason) == (
        "ok",
        "well",
        "",
        1,
        "paper",
        "why not",
    )
    assert (store.get(one.output), one.data) == ("up", {"result": {"n": 1}})
    assert (two.status, two.message, two.error, two.error_category) == ("failed", "", "odd", "protocol")
    assert two.data["attempts"][0]["seconds"] == 1.234
    job.refresh_from_db()
    assert (job.ok, job.failed, job.progress) == (1, 1, 100)
    fine.refresh_from_db()
    wrong.refresh_from_db()
    assert (fine.reachability, fine.last_error) == ("reachable", "")
    assert (wrong.reachability, wrong.last_error) == ("reachable", "protocol: odd")
    hosts = [(event.host, event.data["status"]) for event in job.events.filter(kind="host").order_by("seq")]
    assert hosts == [("fine", "running"), ("wrong", "running"), ("fine", "ok"), ("wrong", "failed")]


def test_one_host_whose_result_cannot_be_stored_fails_alone(customer: Customer, start: Callable[..., Job]) -> None:
    devices = [make_device(customer, hostname=f"d{number}") for number in range(6)]
    job = start("store", devices, bad=["d3"])
    run_jobs_inline()
    assert statuses(job) == {f"d{n}": "failed" if n == 3 else "ok" for n in range(6)}
    bad = job.results.get(device_name="d3")
    assert bad.error_category == "storage"
    assert "does not fit" in bad.error
    assert store.get(bad.output) == "up 3 days"


def test_results_are_collected_by_the_hundred(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    core(FLUSH_ITEMS=10_000, FLUSH_SECONDS=60)
    devices = make_devices(130, customer)
    job = start("read", devices)
    sizes: list[int] = []
    writer = open_writer(job, lambda batch: sizes.append(len(batch.items)))
    for device in devices:
        writer.finished(device.pk, OK)
    writer.flush()
    assert sizes == [100, 30]
    assert job.results.filter(status="ok").count() == 130


def test_what_collect_wrote_for_a_host_that_fails_is_undone(customer: Customer, start: Callable[..., Job]) -> None:
    devices = [make_device(customer, hostname=f"d{number}") for number in range(3)]
    job = start("read", devices)

    def collect(batch: CollectBatch) -> None:
        for item in batch.items:
            AuditEvent.objects.create(action="collected", object_id=item.device_id)
            if item.device_id == devices[1].pk:
                raise RuntimeError("no")

    writer = open_writer(job, collect)
    for device in devices:
        writer.finished(device.pk, OK)
    writer.flush()
    stored = AuditEvent.objects.filter(action="collected").values_list("object_id", flat=True)
    assert sorted(stored) == [devices[0].pk, devices[2].pk]
    assert statuses(job) == {"d0": "ok", "d1": "failed", "d2": "ok"}


def test_a_row_that_only_the_commit_refuses_fails_its_own_host(customer: Customer, start: Callable[..., Job]) -> None:
    """A foreign key to nothing is found at commit, outside of every savepoint."""
    devices = [make_device(customer, hostname=f"d{number}") for number in range(3)]
    job = start("read", devices)

    def collect(batch: CollectBatch) -> None:
        for item in batch.items:
            device_id = 10**9 if item.device_id == devices[1].pk else item.device_id
            HostKey.objects.create(device_id=device_id, key_type="ssh-rsa", key="k", fingerprint="f")

    writer = open_writer(job, collect)
    writer.log("before")
    for device in devices:
        writer.finished(device.pk, OK)
    writer.flush()
    assert statuses(job) == {"d0": "ok", "d1": "failed", "d2": "ok"}
    assert job.results.get(device_name="d1").error_category == "storage"
    assert HostKey.objects.count() == 2
    assert job.events.filter(message="before").count() == 1
    assert list(job.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, 7))


def test_a_task_may_amend_what_its_hosts_returned(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    job = start("read", [device])
    amended = Outcome(status=HostStatus.CHANGED, message="as it was not before")
    writer = open_writer(job, lambda batch: batch.replace(device.pk, amended))
    writer.finished(device.pk, OK)
    writer.flush()
    row = job.results.get()
    assert (row.status, row.message) == ("changed", "as it was not before")


def test_a_second_or_late_outcome_is_dropped(customer: Customer, start: Callable[..., Job]) -> None:
    first, second = make_devices(2, customer)
    job = start("read", [first, second])
    writer = open_writer(job)
    writer.finished(first.pk, OK)
    writer.finished(first.pk, executor.ANSWERS["failed"])
    writer.flush()
    writer.finished(first.pk, executor.ANSWERS["failed"])
    writer.started(first.pk, driver="late")
    writer.finished(10**9, OK)
    writer.flush()
    job.refresh_from_db()
    assert (job.ok, job.failed) == (1, 0)
    row = job.results.get(device=first)
    assert (row.status, row.attempts, row.driver) == ("ok", 0, "")


def test_who_lost_the_shard_writes_nothing(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    job = start("change", [device])
    writer = open_writer(job)
    writer.started(device.pk)
    writer.checkpoint(device.pk, Phase.SAVED)
    Shard.objects.update(owner="somebody else", attempt=2)
    before = (job.results.values().get(), JobEvent.objects.count())
    writer.log("I am still here")
    writer.finished(device.pk, OK)
    with pytest.raises(ClaimLost):
        writer.flush()
    with pytest.raises(ClaimLost):
        writer.checkpoint(device.pk, Phase.SENDING)
    writer._beat_at -= 3600
    with pytest.raises(ClaimLost):
        writer.heartbeat_if_due()
    assert (job.results.values().get(), JobEvent.objects.count()) == before


def test_who_writes_for_a_deleted_job_is_told_that_it_is_gone(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    writer = open_writer(start("read", [device]))
    Job.objects.all().delete()
    writer.finished(device.pk, OK)
    with pytest.raises(ClaimLost):
        writer.flush()


def test_a_checkpoint_that_cannot_be_stored_stops_the_sender(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    writer = open_writer(start("change", [device]))
    writer.started(device.pk)
    writer.finished(device.pk, executor.ANSWERS["failed"])
    writer.flush()
    with pytest.raises(ClaimLost):
        writer.checkpoint(device.pk, Phase.SENDING)


def test_a_device_deleted_in_mid_run_keeps_its_result(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer, hostname="shortlived")
    job = start("read", [device])
    writer = open_writer(job)
    writer.started(device.pk)
    writer.flush()
    Device.objects.all().delete()
    writer.log("still there", device_id=device.pk)
    writer.finished(device.pk, Outcome(status=HostStatus.OK, text="bye"))
    writer.flush()
    row = job.results.get()
    assert (row.status, row.device_name, store.get(row.output)) == ("ok", "shortlived", "bye")


def test_devices_deleted_or_disabled_before_their_turn_are_skipped(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    gone, off, on = (make_device(customer, hostname=name) for name in ("gone", "off", "on"))
    job = start("read", [gone, off, on])
    gone.delete()
    Device.objects.filter(pk=off.pk).update(enabled=False)
    run_jobs_inline()
    job.refresh_from_db()
    assert statuses(job) == {"gone": "skipped", "off": "skipped", "on": "ok"}
    assert [line for line in notes(contacts) if line.startswith("contact")] == ["contact on"]
    assert job.status == "partial"


def test_a_chatty_host_keeps_two_hundred_lines(customer: Customer, start: Callable[..., Job]) -> None:
    device, other = make_devices(2, customer)
    job = start("read", [device, other])
    writer = open_writer(job)
    for number in range(MAX_LINES_A_HOST + 50):
        writer.log(f"line {number}", device_id=device.pk)
    writer.log("the job's own", level="warning")
    writer.log("the other's", device_id=other.pk)
    writer.flush()
    lines = list(job.events.filter(device_id=device.pk).order_by("seq").values_list("message", flat=True))
    assert len(lines) == MAX_LINES_A_HOST
    assert (lines[-2], lines[-1]) == ("line 198", "Further lines of this host are not kept.")
    assert job.events.filter(message__in=["the job's own", "the other's"]).count() == 2


def test_the_same_output_is_stored_once(customer: Customer, start: Callable[..., Job]) -> None:
    for _ in range(2):
        start("read", make_devices(5, customer))
        run_jobs_inline()
    assert HostResult.objects.filter(output__isnull=False).count() == 10
    assert Blob.objects.count() == 1


def test_output_above_the_limit_is_cut_and_says_so(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(OUTPUT_LIMIT_BYTES=1000)
    device = make_device(customer)
    job = start("read", [device])
    writer = open_writer(job)
    writer.finished(device.pk, Outcome(status=HostStatus.OK, text="ü" * 501, data=["x" * 100_000]))
    writer.flush()
    row = job.results.get()
    text = store.get(row.output)
    assert text.startswith("ü" * 500 + "\n[webnet: output truncated")
    assert row.data == {"truncated": True}


def test_hostile_bytes_are_stored_as_data(customer: Customer, start: Callable[..., Job]) -> None:
    bad, good = make_devices(2, customer)
    job = start("read", [bad, good])
    writer = open_writer(job)
    weird = {HOSTILE: [HOSTILE, float("nan"), float("inf"), {1, 2}, b"\xff\x00", 10**400]}
    loop: list[Any] = []
    loop.append(loop)
    writer.started(bad.pk, driver="paper\x00", reason=HOSTILE)
    writer.log(HOSTILE, device_id=bad.pk, data=weird)
    writer.log("round", data=loop)
    attempt = Attempt(driver="d", operation="o", seconds=0.0, message=HOSTILE)
    writer.finished(
        bad.pk,
        Outcome(
            status=HostStatus.FAILED,
            text=HOSTILE,
            data=weird,  # type: ignore[arg-type]
            message=HOSTILE,
            error=ErrorCategory.PROTOCOL,
            attempts=[attempt],
            driver="d\x00",
        ),
    )
    writer.finished(good.pk, Outcome(status=HostStatus.OK, text="fine"))
    writer.flush()
    row = job.results.get(device=bad)
    assert row.status == "failed"
    assert row.error.startswith("nul \ufffd, half a pair \ufffd, bytes \ufffd, \x1b[2J")
    assert row.error.endswith("\U0001f600")
    assert "\x00" in store.get(row.output), "output lies in a blob and keeps its bytes"
    assert row.data["result"][row.error][1:3] == ["NaN", "Infinity"]
    assert job.events.get(message="round").data.startswith("[webnet: a list that cannot be stored")
    bad.refresh_from_db()
    assert bad.last_error.startswith("protocol: nul \ufffd")
    assert job.results.get(device=good).status == "ok"


def test_hostile_text_in_a_crash_closes_the_job(customer: Customer, start: Callable[..., Job]) -> None:
    job = start("read", make_devices(2, customer))
    shard = job.shards.get()
    row = job.results.first()
    with transaction.atomic():
        lock(job.pk)
        settle_hosts(shard, {row.pk: {"status": "failed", "error_category": "task_error", "error": HOSTILE}})
        close_shard(shard, "done", error=HOSTILE)
        cancel_shard(shard)
    job.refresh_from_db()
    assert "\ufffd" in job.error
    assert job.status == "failed"


def test_live_secrets_are_masked_before_anything_is_stored(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    job = start("read", [device])
    writer = open_writer(job)
    secret = "canary-s3cret"
    redact.current().add(secret)
    writer.log(f"login with {secret}", device_id=device.pk, data={"sent": secret})
    attempt = Attempt(driver="d", operation="o", seconds=0.0, message=secret)
    writer.finished(
        device.pk,
        Outcome(
            status=HostStatus.FAILED,
            error=ErrorCategory.AUTHENTICATION,
            message=f"{secret} refused",
            data=[secret],
            attempts=[attempt],
        ),
    )
    redact.current().discard(secret)
    writer.flush()
    stored = repr([*job.results.values(), *job.events.values(), *Device.objects.values()])
    assert secret not in stored
    assert "******** refused" in stored


def test_an_outcome_without_a_category_or_an_end_gets_one() -> None:
    assert told(Outcome(status=HostStatus.FAILED, message="x")).error is ErrorCategory.TASK_ERROR
    assert told(Outcome(status=HostStatus.UNREACHABLE)).error is ErrorCategory.UNREACHABLE
    half = told(Outcome(status=HostStatus.RUNNING, message="x"))
    assert (half.status, half.error) == (HostStatus.FAILED, ErrorCategory.TASK_ERROR)
    assert told(OK).error is None


def test_leases_are_renewed_with_the_heartbeat_and_given_back_with_the_outcome(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(HEARTBEAT_SECONDS=0.001)
    kept, lost = make_devices(2, customer)
    writer = open_writer(start("change", [kept, lost]))
    for device in (kept, lost):
        leases.acquire(device.pk, writer.lease_holder, "job", 30)
        writer.leased.add(device.pk)
        writer.started(device.pk)
    DeviceLease.objects.filter(device=lost).update(holder="a thief")
    before = dict(DeviceLease.objects.values_list("device", "expires_at"))
    time.sleep(0.01)
    assert writer.heartbeat_if_due().lost_leases == {lost.pk}
    after = dict(DeviceLease.objects.values_list("device", "expires_at"))
    assert after[kept.pk] > before[kept.pk] + timedelta(seconds=25), "it was renewed"
    assert after[lost.pk] == before[lost.pk]
    writer.finished(kept.pk, OK)
    writer.flush()
    assert leases.holders([kept.pk]) == {}
    assert writer.leased == {lost.pk}


def test_leases_that_could_not_be_renewed_for_long_count_as_lost(customer: Customer, start: Callable[..., Job]) -> None:
    device = make_device(customer)
    writer = open_writer(start("change", [device]))
    writer.leased.add(device.pk)
    assert writer.heartbeat_if_due().lost_leases == frozenset()
    writer._renewed_at -= leases.LEASE_SECONDS
    assert writer.heartbeat_if_due().lost_leases == {device.pk}


@pytest.mark.parametrize("broken", ["before", "at_commit_refused", "at_commit_done"])
def test_a_write_whose_answer_is_lost_happens_once(broken: str, customer: Customer, start: Callable[..., Job]) -> None:
    """The connection dies in a transaction, or at COMMIT with the work undone, or at COMMIT with the work done."""
    device = make_device(customer)
    job = start("read", [device])
    writer = open_writer(job)
    writer.started(device.pk)
    writer.log("one")
    writer.finished(device.pk, Outcome(status=HostStatus.OK, text="text"))
    breaker = ConnectionBreaker(broken)
    with breaker.installed():
        writer.flush()
    assert breaker.broke == 1
    writer.log("two")
    writer.flush()
    job.refresh_from_db()
    assert (job.ok, job.results.get().attempts) == (1, 1)
    logged = job.events.filter(kind="log").order_by("seq").values_list("message", flat=True)
    assert list(logged) == ["one", "two"]
    assert list(job.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, job.event_seq + 1))


class ConnectionBreaker:
    """Makes the real connection fail once, as a server that goes away does."""

    def __init__(self, when: str) -> None:
        self.when = when
        self.broke = 0

    @contextmanager
    def installed(self) -> Iterator[None]:
        if self.when == "before":
            with connection.execute_wrapper(self._execute):
                yield
            return
        self._real_commit = connection._commit
        connection._commit = self._commit  # type: ignore[method-assign]
        try:
            yield
        finally:
            del connection._commit

    def _break(self) -> None:
        self.broke += 1
        raise OperationalError("server closed the connection unexpectedly")

    def _execute(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if not self.broke and sql.startswith("INSERT") and "webnet_core_jobevent" in sql:
            self._break()
        return execute(sql, params, many, context)

    def _commit(self) -> Any:
        if self.broke:
            return self._real_commit()
        if self.when == "at_commit_done":
            self._real_commit()
        return self._break()
