"""Jobs that bring results of the same devices at once: what a task keeps of one is written by one after another."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace

from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.inventory.models import Device
from webnet_core.jobs.claims import claim_next
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.submit import task_of
from webnet_core.jobs.writer import JobWriter
from webnet_core.plugins.items import CollectBatch, ErrorCategory, HostStatus, Outcome
from webnet_core.testing.factories import make_devices

OK = Outcome(status=HostStatus.OK)
LOST = Outcome(status=HostStatus.UNREACHABLE, error=ErrorCategory.UNREACHABLE, message="no route")


def count_up(batch: CollectBatch) -> None:
    """Keep something that depends on what is there already, as snapshots do."""
    for item in batch.items:
        device = Device.objects.get(pk=item.device_id)
        time.sleep(0.2)
        Device.objects.filter(pk=device.pk).update(data={"collected": device.data.get("collected", 0) + 1})


def bring(job: Job, outcomes: dict[int, Outcome]) -> None:
    claim = claim_next(f"test:{os.getpid()}", ("default",))
    assert claim is not None
    job = Job.objects.get(pk=claim.job_id)
    hosts = list(HostResult.objects.filter(shard_id=claim.shard_id).order_by("pk"))
    writer = JobWriter(claim, job, replace(task_of(job), collect=count_up), hosts)
    for device_id, outcome in outcomes.items():
        writer.finished(device_id, outcome)
    writer.flush()


def test_what_two_jobs_keep_of_the_same_devices_is_all_kept(customer: Customer, start: Callable[..., Job]) -> None:
    devices = make_devices(2, customer)
    jobs = [start("read", devices) for _ in range(2)]
    first, second = (device.pk for device in devices)
    run_forked(
        [
            lambda: bring(jobs[0], {first: OK, second: LOST}),
            lambda: bring(jobs[1], {first: LOST, second: OK}),
        ]
    )
    assert [device.data for device in Device.objects.order_by("pk")] == [{"collected": 2}] * 2
    assert set(HostResult.objects.values_list("status", flat=True)) == {"ok", "unreachable"}
