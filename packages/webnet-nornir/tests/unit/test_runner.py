"""The runner alone, with hosts that contact nothing."""

from __future__ import annotations

import threading
import time

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.task import Result

from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome
from webnet_nornir import threads
from webnet_nornir.control import Admitted, NotYet, Refused, Signals, Unrecorded
from webnet_nornir.runner import WebnetRunner


class Scripted(Unrecorded):
    """A control that does what the test says."""

    def __init__(self, *, admissions=None, signals=None):
        super().__init__()
        self.admissions = admissions or {}
        self.signals = signals or Signals
        self.asked = []
        self.threads = set()

    def admit(self, host):
        self.asked.append(host.name)
        answers = self.admissions.get(host.name)
        return answers.pop(0) if answers else Admitted()

    def finished(self, host, outcome):
        assert host.name not in self.outcomes
        self.threads.add(threading.current_thread())
        super().finished(host, outcome)

    def tick(self):
        return self.signals()


def run(task, names, *, control=None, **options):
    control = control or Scripted()
    hosts = Hosts({name: Host(name=name) for name in names})
    runner = WebnetRunner(control=control, **options)
    nornir = Nornir(inventory=Inventory(hosts=hosts, groups=Groups(), defaults=Defaults()), runner=runner)
    return nornir.run(task=task), control


def test_every_host_gets_one_outcome_in_the_callers_thread():
    results, control = run(lambda task: f"hello {task.host}", map(str, range(30)), num_workers=7)

    assert {name: outcome.text for name, outcome in control.outcomes.items()} == {
        str(number): f"hello {number}" for number in range(30)
    }
    assert control.threads == {threading.current_thread()}
    assert results["3"][0].result == "hello 3"
    assert not results.failed


def test_no_more_hosts_run_at_once_than_there_are_slots():
    lock, now, most, meeting = threading.Lock(), 0, 0, threading.Barrier(3)

    def task(task):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        meeting.wait(60)  # three are at work at the same time, or nobody gets on
        time.sleep(0.02)
        with lock:
            now -= 1

    _, control = run(task, map(str, range(21)), num_workers=3)

    assert most == 3
    assert {outcome.status for outcome in control.outcomes.values()} == {HostStatus.OK}


def test_what_a_task_raises_is_its_hosts_alone():
    def task(task):
        if task.host.name == "b":
            raise ValueError("no")

    _, control = run(task, "abc")

    assert [control.outcomes[name].status for name in "abc"] == [HostStatus.OK, HostStatus.FAILED, HostStatus.OK]
    assert "ValueError: no" in control.outcomes["b"].message


def test_a_result_that_says_failed_is_failed():
    _, control = run(lambda task: Result(task.host, result="it broke", failed=True), "a")

    assert (control.outcomes["a"].status, control.outcomes["a"].message) == (HostStatus.FAILED, "it broke")


def done(task):
    return "done"


def test_a_host_is_asked_again_when_it_may_not_start_yet():
    control = Scripted(admissions={"a": [NotYet(seconds=0.05), NotYet(seconds=0.05)]})

    run(done, "ab", control=control)

    assert control.asked.count("a") == 3
    assert control.outcomes["a"].text == "done"


def test_a_refused_host_never_starts():
    refusal = Outcome(status=HostStatus.SKIPPED, message="busy", error=ErrorCategory.BUSY)
    started = []

    _, control = run(
        lambda task: started.append(task.host.name),
        "ab",
        control=Scripted(admissions={"a": [Refused(outcome=refusal)]}),
    )

    assert started == ["b"]
    assert control.outcomes["a"] is refusal


def test_a_thread_that_does_not_come_back_loses_its_slot_and_is_counted():
    release = threading.Event()
    before = threads.stuck_threads()

    def task(task):
        if task.host.name == "stuck":
            release.wait(30)
        return "late" if task.host.name == "stuck" else "fine"

    results, control = run(task, ["stuck", "b", "c"], num_workers=1, deadline=2, linger=0.2)

    assert control.outcomes["stuck"].error is ErrorCategory.TIMEOUT
    assert control.outcomes["c"].text == "fine"
    assert threads.stuck_threads() == before + 1
    release.set()
    for thread in threading.enumerate():
        if thread.name == "webnet-host-stuck":
            thread.join()
    assert threads.stuck_threads() == before
    assert results["stuck"][0].result.error is ErrorCategory.TIMEOUT


def test_cancel_starts_no_further_host_and_ends_reads_after_the_grace():
    release, started, cancelled = threading.Event(), [], threading.Event()

    def task(task):
        started.append(task.host.name)
        cancelled.set()
        release.wait(20)

    def signals():
        return Signals(cancelled=cancelled.is_set())

    _, control = run(task, "abc", control=Scripted(signals=signals), num_workers=1, cancel_grace=0.2, linger=0.2)
    release.set()

    assert started == ["a"]
    assert {outcome.status for outcome in control.outcomes.values()} == {HostStatus.CANCELLED}
    assert "before this device was contacted" in control.outcomes["c"].message


def test_a_stopping_worker_hands_back_what_has_not_started():
    stopping = threading.Event()

    def task(task):
        stopping.set()
        return "done"

    _, control = run(task, "abc", control=Scripted(signals=lambda: Signals(stopping=stopping.is_set())), num_workers=1)

    assert "a" in control.outcomes
    assert len(control.outcomes) < 3


def test_an_error_of_the_control_thread_ends_the_run():
    def signals():
        raise LookupError("the database is gone")

    with pytest.raises(LookupError):
        run(done, "abc", control=Scripted(signals=signals))
