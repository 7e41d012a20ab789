"""Jobs from submission to stored result, over real SSH."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings

from webnet_core.access.models import Membership
from webnet_core.blobs import store
from webnet_core.inventory import leases
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.jobs.plan import plan
from webnet_core.jobs.submit import submit
from webnet_core.jobs.worker import ShardWorker
from webnet_core.plugins.items import HostStatus
from webnet_sim.spec import DeviceSpec

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(customer):
    user = get_user_model().objects.create_user("olga")
    Membership.objects.create(user=user, customer=customer, role="operator")
    return user


def work(job: Job) -> Job:
    worker = ShardWorker(kind="test")
    while worker.work_once():
        continue
    job.refresh_from_db()
    return job


def results(job: Job) -> dict[str, HostResult]:
    return {row.device_name: row for row in HostResult.objects.filter(job=job).select_related("device", "output")}


def read_from(user, rows, task="run_commands", **params):
    job = submit(user, task=task, targets={"device_ids": [row.pk for row in rows]}, params=params)
    return work(job)


def test_a_job_tells_each_fault_as_what_it_is(sim_network, device_row, operator, settings, time_for):
    deadline = time_for("netmiko", at_least=4)
    faults = {"off": ["closed_port"], "wrong": [], "hangs": ["never_answers"]}
    specs = [DeviceSpec(name=name) for name in ("fine-1", "fine-2", *faults)]
    network = sim_network(specs)
    for name, named in faults.items():
        for fault in named:
            network[name].set_fault(fault)
    rows = [device_row(network[name], **({"password": "mistyped"} if name == "wrong" else {})) for name in network]

    with override_settings(
        WEBNET={**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "HOST_DEADLINE_SECONDS": deadline}}
    ):
        job = read_from(operator, rows, commands=["show version"])

    found = results(job)
    assert job.status == "partial"
    assert {name: (row.status, row.error_category) for name, row in found.items()} == {
        "fine-1": ("ok", ""),
        "fine-2": ("ok", ""),
        "off": ("unreachable", "unreachable"),
        "wrong": ("failed", "authentication"),
        "hangs": ("failed", "timeout"),
    }
    assert found["fine-1"].driver == "netmiko"
    assert found["fine-1"].attempts == 1
    assert "Version" in store.get(found["fine-1"].output)
    assert [row.device.reachability for row in found.values()].count("reachable") >= 2
    assert found["off"].device.reachability == "unreachable"
    for name in ("fine-1", "fine-2"):
        assert len(network[name].transcript.authenticated_sessions()) == 1
        assert network[name].transcript.config_lines() == []


def test_facts_are_written_into_the_inventory(sim_device, device_row, operator):
    sim = sim_device(model="", version="")
    row = device_row(sim)

    job = read_from(operator, [row], task="get_facts")

    row.refresh_from_db()
    assert job.status == "success", results(job)[row.hostname].error
    assert row.model
    assert row.os_version
    assert row.serial
    assert row.last_seen is not None


def test_plan_and_run_agree_on_the_driver(sim_device, device_row, operator):
    row = device_row(sim_device())

    planned = plan(operator, task="get_config", targets={"device_ids": [row.pk]})
    job = work(submit(operator, task="get_config", token=planned.token))

    assert planned.rows[0].driver == results(job)[row.hostname].driver == "netmiko"
    assert planned.rows[0].reason == results(job)[row.hostname].reason


def test_a_device_that_is_being_changed_is_skipped_after_a_wait(sim_device, device_row, operator):
    sim = sim_device()
    row = device_row(sim)
    leases.acquire(row.pk, "plan 12", "maintenance", 60)

    job = read_from(operator, [row], commands=["show version"])

    found = results(job)[row.hostname]
    assert (found.status, found.error_category) == ("skipped", "busy")
    assert "held by plan 12" in found.error
    assert sim.transcript.entries == []


def test_a_device_whose_lease_ends_in_time_is_read(sim_device, device_row, operator):
    row = device_row(sim_device())
    leases.acquire(row.pk, "plan 12", "maintenance", 0.5)

    job = read_from(operator, [row], commands=["show version"])

    assert job.status == "success"


def test_a_cancelled_job_contacts_nobody(sim_device, device_row, operator):
    sim = sim_device()
    row = device_row(sim)
    job = submit(operator, task="run_commands", targets={"device_ids": [row.pk]}, params={"commands": ["show version"]})
    cancel(operator, job)

    work(job)

    assert job.status == "cancelled"
    assert results(job)[row.hostname].status == HostStatus.CANCELLED
    assert sim.transcript.entries == []


def test_a_live_password_is_masked_in_errors_and_log(sim_device, device_row, operator):
    sim = sim_device(password="sup3rsecret")
    row = device_row(sim, connection_options={"netmiko": {"sup3rsecret": 1}})

    job = read_from(operator, [row], commands=["show version"])

    found = results(job)[row.hostname]
    assert found.status == "failed"
    assert "sup3rsecret" not in found.error
    assert "********" in found.error
    assert not JobEvent.objects.filter(job=job, message__contains="sup3rsecret").exists()


def test_wrong_parameters_are_refused_before_anything_happens(sim_device, device_row, operator):
    row = device_row(sim_device())

    for commands in ([], ["show version\nreload"], [""], ["x"] * 51):
        with pytest.raises(Exception, match="commands"):
            submit(operator, task="run_commands", targets={"device_ids": [row.pk]}, params={"commands": commands})

    assert not Job.objects.exists()
