"""The database goes away in the middle of a run: results are written when it is back, in order, and none is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from tests.db.processes import run_forked, wait_until

from webnet_core.access.models import Customer
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.submit import task_of
from webnet_core.jobs.worker import ShardWorker
from webnet_core.jobs.writer import JobWriter
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import HostStatus, Outcome
from webnet_core.testing.factories import make_devices
from webnet_core.testing.jobs import run_jobs_inline


@contextmanager
def away(noticed: Callable[[], bool]) -> Iterator[None]:
    """Make the database refuse this process's connections, by its own means, until that was noticed."""
    gone, ended = threading.Event(), threading.Event()

    def long_enough() -> bool:
        return noticed() or ended.is_set()

    holder = threading.Thread(target=_hold_away, args=(long_enough, gone))
    holder.start()
    assert gone.wait(60)
    try:
        yield
    finally:
        ended.set()
        holder.join()


def _hold_away(long_enough: Callable[[], bool], gone: threading.Event) -> None:
    if connection.vendor == "postgresql":
        _refuse_connections(long_enough, gone)
    else:
        with connection.cursor() as cursor:  # another process's long transaction is SQLite's way of being away
            cursor.execute("BEGIN IMMEDIATE")
            gone.set()
            wait_until(long_enough)
            cursor.execute("ROLLBACK")
    connections.close_all()


def _refuse_connections(long_enough: Callable[[], bool], gone: threading.Event) -> None:
    """Throw every session out and keep them out, as a restart of the server does."""
    import psycopg

    here = connection.settings_dict
    name = here["NAME"]
    with psycopg.connect(
        host=here["HOST"], port=here["PORT"], user=here["USER"], dbname="postgres", autocommit=True
    ) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        gone.set()
        wait_until(long_enough)
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@pytest.fixture
def impatient() -> Iterator[None]:
    """Let SQLite give up on a lock at once rather than wait for it, so that the writer sees it."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.cursor().execute("PRAGMA busy_timeout = 50")
    yield
    connections.close_all()


def open_writer(job: Job) -> JobWriter:
    claim = claim_next("test", ("default",))
    assert claim is not None
    return JobWriter(claim, job, task_of(job), list(HostResult.objects.filter(shard_id=claim.shard_id)))


@pytest.mark.usefixtures("impatient")
def test_what_was_pending_is_written_when_the_database_is_back(
    customer: Customer, start: Callable[..., Job], caplog: pytest.LogCaptureFixture
) -> None:
    devices = make_devices(10, customer)
    job = start("read", devices)
    writer = open_writer(job)
    for number, device in enumerate(devices):
        writer.started(device.pk)
        writer.log(f"line {number}")
        writer.finished(device.pk, Outcome(status=HostStatus.OK, text=f"output {number}"))
    with away(lambda: "trying again" in caplog.text):
        writer.flush()
    assert "trying again" in caplog.text, "it did go away"
    writer.log("line 10")
    writer.flush()
    job.refresh_from_db()
    assert job.ok == 10
    assert job.results.filter(status="ok", attempts=1, output__isnull=False).count() == 10
    lines = job.events.filter(kind="log").order_by("seq").values_list("message", flat=True)
    assert list(lines) == [f"line {number}" for number in range(11)]
    assert list(job.events.order_by("seq").values_list("seq", flat=True)) == list(range(1, job.event_seq + 1))


@pytest.mark.usefixtures("impatient")
def test_a_heartbeat_without_a_database_ends_nothing(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job], caplog: pytest.LogCaptureFixture
) -> None:
    core(HEARTBEAT_SECONDS=0.001)
    job = start("read", make_devices(1, customer))
    writer = open_writer(job)
    with away(lambda: False):
        time.sleep(0.01)
        assert writer.heartbeat_if_due().lost_leases == frozenset()
        assert "Heartbeat" in caplog.text
    before = job.shards.get().heartbeat_at
    time.sleep(0.01)
    writer.heartbeat_if_due()
    assert job.shards.get().heartbeat_at > before


class Fails:
    """An executor that reads one host and is then left by the database for good."""

    @hookimpl
    def webnet_execute_shard(self, run: Any) -> Any:
        first = run.hosts[0]
        run.writer.started(first.device_id)
        run.writer.finished(first.device_id, Outcome(status=HostStatus.OK))
        run.writer.flush()
        raise OperationalError("the database system is shutting down")


def test_a_database_that_stays_away_makes_no_result_up(
    customer: Customer, start: Callable[..., Job], webnet_plugins: Any
) -> None:
    """Nothing is written that nobody knows: the shard stays with its worker until the reaper asks for it."""
    job = start("read", make_devices(3, customer))
    webnet_plugins.load(fails=Fails())

    def work() -> str:
        try:
            run_jobs_inline()
        except OperationalError as error:
            return str(error)
        return "ended"

    assert "shutting down" in run_forked([work])[0]
    job.refresh_from_db()
    assert (job.status, job.ok, job.failed) == ("running", 1, 0)
    assert job.results.filter(status="pending").count() == 2


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_worker_outlives_a_connection_that_breaks(
    customer: Customer, start: Callable[..., Job], caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    job = start("read", make_devices(2, customer))
    broken = [True] * 2
    worker = ShardWorker(kind="test", singleton=True)

    def fail(execute: Callable[..., Any], *arguments: Any) -> Any:
        if broken and broken.pop():
            raise error("connection already closed")
        return execute(*arguments)

    def stop_at_its_end() -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until and not Job.objects.get(pk=job.pk).finished:
            time.sleep(0.05)
        worker.stop()
        connections.close_all()

    watcher = threading.Thread(target=stop_at_its_end)
    watcher.start()
    with connection.execute_wrapper(fail):
        worker.run()
    watcher.join()
    job.refresh_from_db()
    assert (job.status, broken) == ("success", [])
    assert caplog.text.count("connection already closed") == 2
