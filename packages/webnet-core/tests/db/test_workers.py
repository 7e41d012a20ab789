"""Workers as real processes: killed, stopped, silent, and several of them."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.db.executor import PHASES, notes, release
from tests.db.processes import run_forked, wait_until, worker

from webnet_core.access.models import Customer
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import Job, Shard, SingletonLease, Worker
from webnet_core.jobs.owners import new_owner
from webnet_core.jobs.tick import tick
from webnet_core.jobs.worker import ShardWorker, hold_singleton
from webnet_core.plugins.items import Phase
from webnet_core.testing.factories import make_device, make_devices
from webnet_core.testing.jobs import run_jobs_inline


def counted(contacts: str, word: str) -> Counter[str]:
    """How often each host met `word`."""
    return Counter(line.split()[1] for line in notes(contacts) if line.startswith(f"{word} "))


def ended(job: Job) -> bool:
    job.refresh_from_db()
    return job.finished


def statuses(job: Job) -> dict[str, str]:
    return dict(job.results.values_list("device_name", "status"))


def test_a_read_whose_worker_is_killed_is_finished_by_another_and_no_finished_host_is_read_again(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    devices = make_devices(8, customer)
    fourth = devices[3].hostname
    job = start("read", devices, stay=[fourth])
    with worker() as first:
        wait_until(lambda: job.results.filter(status="ok").count() == 3 and counted(contacts, "contact")[fourth])
        first.send_signal(signal.SIGKILL)
        first.wait()
        done = set(job.results.filter(status="ok").values_list("device_name", flat=True))
        begun = set(job.results.filter(attempts=1).values_list("device_name", flat=True))
    assert begun - done == {fourth}
    release(contacts)
    with worker():  # the default silence is 60 s: this one knows that the other's process is gone
        wait_until(lambda: ended(job))
    assert (job.status, job.ok) == ("success", 8)
    twice = {device.hostname: 2 if device.hostname == fourth else 1 for device in devices}
    assert counted(contacts, "contact") == twice
    assert dict(job.results.values_list("device_name", "attempts")) == twice
    assert job.shards.get().attempt == 2
    assert job.events.filter(message__contains="goes back: worker").count() == 1


def test_a_change_whose_worker_is_killed_is_told_by_its_phases_and_never_sent_again(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    stops = {"nothing": Phase.NONE, **{str(phase): phase for phase in PHASES}}
    devices = [make_device(customer, hostname=name) for name in [*stops, "whole"]]
    job = start("change", devices, stop_at=stops)
    with worker() as doomed:
        wait_until(lambda: len(counted(contacts, "reached")) == len(stops) and statuses(job)["whole"] == "changed")
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    sent = counted(contacts, "sent")
    with worker():
        wait_until(lambda: ended(job))
    assert job.status == "interrupted"
    assert statuses(job) == {
        "nothing": "cancelled",
        "leased": "cancelled",
        "saved": "cancelled",
        "sending": "unknown",
        "applied": "unknown",
        "reconnected": "unknown",
        "checked": "unknown",
        "confirmed": "changed",
        "whole": "changed",
    }
    assert counted(contacts, "sent") == sent
    assert set(sent.values()) == {1}
    row = job.results.get(device_name="sending")
    assert "2031-01-01" in row.error
    assert row.error_category == "interrupted"
    assert "Untouched" in job.results.get(device_name="saved").error
    assert "gone" in job.error
    job_before = Job.objects.values().get(pk=job.pk)
    assert run_jobs_inline() == 0
    assert Job.objects.values().get(pk=job.pk) == job_before


def silence(shard: Shard, seconds: float) -> None:
    Shard.objects.filter(pk=shard.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=seconds))


def test_a_silent_worker_loses_its_shard_after_the_time_set_and_not_before(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SILENT_AFTER_SECONDS=60)
    shard = start("read", make_devices(1, customer)).shards.get()
    claim_next("elsewhere:1", ("default",))
    silence(shard, 55)
    assert tick()["jobs.reap"] == 0
    silence(shard, 65)
    assert tick()["jobs.reap"] == 1
    shard.refresh_from_db()
    assert (shard.state, shard.owner, shard.attempt) == ("queued", "", 1)


def test_a_living_worker_of_this_machine_keeps_its_shard(customer: Customer, start: Callable[..., Job]) -> None:
    start("read", make_devices(1, customer))
    claim_next(new_owner("test"), ("default",))
    assert tick()["jobs.reap"] == 0


def test_a_read_that_loses_its_worker_twice_is_interrupted(
    customer: Customer, start: Callable[..., Job], listener: Any
) -> None:
    job = start("read", [make_device(customer, hostname=name) for name in ("begun", "waiting")])
    for _ in range(2):
        claim_next("elsewhere:1", ("default",))
        job.results.filter(device_name="begun").update(status="running", attempts=2)
        silence(job.shards.get(), 3600)
        tick()
    assert ended(job)
    assert job.status == "interrupted"
    assert statuses(job) == {"begun": "failed", "waiting": "cancelled"}
    assert "for the second time" in job.error
    assert [outcome.status for outcome in listener.outcomes] == ["interrupted"]


@pytest.mark.parametrize("task", ["read", "change"])
def test_a_worker_that_dies_after_its_last_host_leaves_nothing_unsaid(
    task: str, customer: Customer, start: Callable[..., Job]
) -> None:
    job = start(task, make_devices(2, customer))
    claim_next("elsewhere:1", ("default",))
    job.results.update(status="changed", finished_at=timezone.now())
    silence(job.shards.get(), 3600)
    tick()
    assert ended(job)
    assert (job.status, job.changed, job.shards.get().state) == ("success", 2, "done")


def test_a_shard_given_back_may_wait_its_full_time_again(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    job = start("read", make_devices(1, customer))
    claim_next("elsewhere:1", ("default",))
    Shard.objects.update(start_before=timezone.now() - timedelta(minutes=5))
    silence(job.shards.get(), 3600)
    tick()
    tick()
    assert job.shards.get().state == "queued"
    Shard.objects.update(start_before=timezone.now() - timedelta(seconds=1))
    tick()
    assert ended(job), "nobody came a second time either"
    assert job.status == "interrupted"


def test_sigterm_hands_running_reads_back_without_counting_the_attempt(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    devices = make_devices(6, customer)
    job = start("read", devices, stay=[devices[1].hostname])
    with worker() as process:
        wait_until(lambda: job.results.filter(status="ok").exists() and len(counted(contacts, "contact")) == 2)
        process.terminate()
        assert process.wait(60) == 0
        shard = job.shards.get()
        assert (shard.state, shard.owner, shard.attempt) == ("queued", "", 0)
        assert not job.results.filter(status="running").exists()
        done = set(job.results.filter(status="ok").values_list("device_name", flat=True))
        assert done == {devices[0].hostname}
        assert not Worker.objects.exists(), "it signed off"
    release(contacts)
    with worker():
        wait_until(lambda: ended(job))
    assert (job.status, job.ok) == ("success", 6)
    times = counted(contacts, "contact")
    assert all(times[name] == 1 for name in done)


def test_sigterm_in_a_change_ends_it_by_its_phases(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    devices = [make_device(customer, hostname=name) for name in ("applied", "saved")]
    job = start("change", devices, stop_at={"applied": Phase.APPLIED, "saved": Phase.SAVED})
    with worker() as process:
        wait_until(lambda: len(counted(contacts, "reached")) == 2)
        process.terminate()
        assert process.wait(60) == 0
    assert ended(job)
    assert (job.status, statuses(job)) == ("interrupted", {"applied": "unknown", "saved": "cancelled"})


def test_of_four_embedded_workers_one_works_and_another_takes_over_when_it_dies(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(SHARD_SIZE=1)
    with worker(singleton=True) as one, worker(singleton=True) as two, worker(singleton=True) as three:
        processes = {process.pid: process for process in (one, two, three)}
        job = start("read", make_devices(6, customer))
        wait_until(lambda: ended(job))
        owners = {int(owner.split(":")[2]) for owner in job.shards.values_list("owner", flat=True)}
        assert len(owners) == 1
        first = owners.pop()
        processes[first].send_signal(signal.SIGKILL)
        processes[first].wait()
        again = start("read", make_devices(3, customer))
        wait_until(lambda: ended(again))
        second = {int(owner.split(":")[2]) for owner in again.shards.values_list("owner", flat=True)}
        assert len(second) == 1
        assert second < set(processes) - {first}


def test_the_only_worker_keeps_its_right_while_it_renews_it() -> None:
    mine, other = new_owner("a"), new_owner("b")
    assert hold_singleton(mine, "x")
    assert not hold_singleton(other, "x")
    assert hold_singleton(mine, "x")
    SingletonLease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert hold_singleton(other, "x")
    assert not hold_singleton(mine, "x")
    dead = run_forked([lambda: new_owner("c")])[0]
    SingletonLease.objects.update(owner=dead, expires_at=timezone.now() + timedelta(hours=1))
    assert hold_singleton(mine, "x"), "a dead holder's right is taken at once"


def test_a_worker_that_was_thought_dead_finds_its_shard_gone(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    """It stands still for longer than the silence allowed, and comes back when another has finished its work."""
    devices = make_devices(4, customer)
    job = start("read", devices, stay=[devices[0].hostname])
    # It writes nothing while it stays at its first host: SQLite has one lock, which must not be frozen too.
    with worker(HEARTBEAT_SECONDS=3600, TICK_SECONDS=3600) as frozen:
        wait_until(lambda: counted(contacts, "contact"))
        frozen.send_signal(signal.SIGSTOP)
        silence(job.shards.get(), 3600)
        release(contacts)
        with worker():
            wait_until(lambda: ended(job))
            before = (Job.objects.values().get(), list(job.results.order_by("pk").values()))
            frozen.send_signal(signal.SIGCONT)
            frozen.terminate()
            assert frozen.wait(60) == 0
    assert (Job.objects.values().get(), list(job.results.order_by("pk").values())) == before
    assert (job.status, job.ok) == ("success", 4)


def test_a_shard_run_in_the_calling_thread_notices_the_stop_too(
    customer: Customer, start: Callable[..., Job], contacts: str
) -> None:
    """As Celery runs it: there is no loop that would tell the shard."""
    devices = make_devices(4, customer)
    job = start("read", devices, stay=[devices[0].hostname])
    mine = ShardWorker(kind="test")

    def stop_soon() -> None:
        wait_until(lambda: counted(contacts, "contact"))
        mine.stop()

    stopper = threading.Thread(target=stop_soon)
    stopper.start()
    assert mine.work_once()
    stopper.join()
    shard = job.shards.get()
    assert (shard.state, shard.attempt) == ("queued", 0)
    release(contacts)
    assert run_jobs_inline() == 1
    assert ended(job)
    assert (job.status, job.ok) == ("success", 4)
