"""Host threads and the database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from webnet_core.inventory.models import Device
from webnet_core.plugins.items import ErrorCategory, HostStatus, TaskSpec
from webnet_nornir import threads
from webnet_nornir.admission import Gate
from webnet_nornir.conf import NornirConfig
from webnet_nornir.exceptions import DatabaseInHostThread
from webnet_nornir.manager import NornirManager, _Alone


def counts_devices(task):
    return Device.objects.count()


def counts_devices_twice(task):
    try:
        Device.objects.count()
    except DatabaseInHostThread:
        return Device.objects.count()


@pytest.mark.parametrize("function", [counts_devices, counts_devices_twice])
def test_a_host_thread_that_uses_the_database_fails_and_is_told_where_to_do_it(sim_device, device_row, function):
    row = device_row(sim_device())
    spec = TaskSpec(name="test.orm", title="ORM", run=function)
    control = _Alone(Gate([row], spec, NornirConfig()))

    NornirManager().run(spec, spec.params(), [row], control, control.gate)

    outcome = control.outcomes[str(row.pk)]
    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.TASK_ERROR)
    assert "collect" in outcome.message


def test_other_threads_use_the_database_as_ever(transactional_db):
    counted = []

    def count():
        counted.append(Device.objects.count())
        connection.close()

    thread = threading.Thread(target=count, name="worker-1")
    thread.start()
    thread.join()

    assert counted == [0]


def test_stuck_threads_are_counted_while_they_live():
    release = threading.Event()
    stuck = [threading.Thread(target=release.wait) for _ in range(threads.STUCK_LIMIT + 1)]
    before = threads.stuck_threads()
    for thread in stuck:
        thread.start()
        threads.count_stuck(thread)

    assert threads.stuck_threads() == before + len(stuck)
    assert threads.must_retire()

    release.set()
    for thread in stuck:
        thread.join()
    assert threads.stuck_threads() == before
    assert not threads.must_retire()
