"""What every test of webnet-config may ask for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import hypothesis
import pytest
from django.contrib.auth import get_user_model

from webnet_config.captures import CaptureOutcome, capture
from webnet_config.snapshots import store_batch
from webnet_core.access.models import Customer, Membership
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.submit import submit
from webnet_core.jobs.worker import ShardWorker
from webnet_core.plugins.items import CollectBatch, Collected, HostStatus, Outcome, Platform
from webnet_core.plugins.registry import registry
from webnet_core.secrets.models import Credential
from webnet_core.testing.flush import flush_without_permissions
from webnet_nornir.connections import pool
from webnet_sim.network import SimulatedDevice

# No example takes too long where the machine is busy with something else.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

DeviceRow: TypeAlias = Callable[..., Device]
CONFIG = """Building configuration...

Current configuration : 512 bytes
!
! Last configuration change at 10:{minute:02d}:00 UTC Mon Nov 2 2026 by admin
version 15.2
hostname {name}
!
enable secret 5 $1$abcd$wxyz
!
interface GigabitEthernet0/1
 description {description}
!
end
"""


def config(name: str = "r1", *, description: str = "uplink", minute: int = 0) -> str:
    """A small IOS configuration; `minute` moves a volatile line."""
    return CONFIG.format(name=name, description=description, minute=minute)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Make the database, whose every emptying costs less from then on."""
    flush_without_permissions()


@pytest.fixture
def ios() -> Platform:
    platform: Platform = registry("platforms").get("cisco_ios")
    return platform


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(name="Acme")


@pytest.fixture
def member(customer: Customer) -> Callable[..., Any]:
    """Make a user with a role in a customer, Acme where none is named."""

    def make(name: str, role: str, of: Customer | None = None) -> Any:
        user = get_user_model().objects.create_user(name, password="a long password")
        Membership.objects.create(user=user, customer=of or customer, role=role)
        return user

    return make


@pytest.fixture
def device(customer: Customer) -> Callable[..., Device]:
    """Make a device that nobody connects to."""

    def make(name: str = "r1", of: Customer | None = None) -> Device:
        return Device.objects.create(customer=of or customer, hostname=name, mgmt_ip="192.0.2.1", platform="cisco_ios")

    return make


@dataclass(frozen=True, kw_only=True)
class Stored:
    """What storing one batch did."""

    batch: CollectBatch
    job: Job

    def __getitem__(self, device: Device) -> Outcome:
        return self.batch.amended[device.pk]


@pytest.fixture
def new_job(customer: Customer) -> Callable[..., Job]:
    def make(of: Customer | None = None) -> Job:
        return Job.objects.create(customer=of or customer, type="backup_config")

    return make


@pytest.fixture
def store(new_job: Callable[..., Job], ios: Platform) -> Callable[..., Stored]:
    """Store texts as one job's hosts would bring them: ``store({device: text})``."""

    def run(texts: dict[Device, str], job: Job | None = None) -> Stored:
        job = job or new_job(next(iter(texts)).customer)
        items = [
            Collected(
                device_id=device.pk,
                result_id=0,
                outcome=CaptureOutcome(status=HostStatus.OK, capture=capture(ios, device.customer_id, text)),
            )
            for device, text in texts.items()
        ]
        batch = CollectBatch(
            job_id=job.pk, customer_id=job.customer_id, task="backup_config", params={}, items=tuple(items)
        )
        store_batch(batch)
        return Stored(batch=batch, job=job)

    return run


# ----------------------------------------------------------------------------------------------- over simulated devices


@pytest.fixture
def device_row(customer: Customer) -> DeviceRow:
    """Make the inventory's row of a simulated device, with a credential that fits."""

    def make(sim: SimulatedDevice, **fields: Any) -> Device:
        credential = Credential.objects.create(
            customer=customer,
            name=f"of {sim.name}",
            username=sim.spec.username,
            password=fields.pop("password", sim.spec.password),
            enable_password=sim.spec.enable,
        )
        facts: dict[str, Any] = {
            "hostname": sim.name,
            "mgmt_ip": sim.host,
            "port": sim.port,
            "platform": sim.spec.platform,
            "credential": credential,
        }
        return Device.objects.create(customer=customer, **{**facts, **fields})

    return make


@pytest.fixture
def back_up(member: Callable[..., Any]) -> Iterator[Callable[..., dict[str, HostResult]]]:
    """Run `backup_config` as a job on these devices, whole, in this process; return the results by host name."""
    user = member("operator", "operator")

    def run(devices: list[Device], **options: Any) -> dict[str, HostResult]:
        job = submit(user, task="backup_config", targets={"device_ids": [item.pk for item in devices]}, options=options)
        worker = ShardWorker(kind="test")
        while worker.work_once():
            pass
        job.refresh_from_db()
        assert job.finished, job.status
        return {row.device_name: row for row in HostResult.objects.filter(job=job).select_related("job", "output")}

    yield run
    pool.drop()


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Fail a test that leaves a host thread or a session behind."""
    before = _threads()
    yield
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _threads() - before:
        time.sleep(0.02)
    assert not _threads() - before


def _threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("webnet-host-") or "paramiko" in type(thread).__module__
    }
