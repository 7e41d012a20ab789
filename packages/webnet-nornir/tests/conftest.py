"""What every test of webnet-nornir may ask for."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import hypothesis
import pytest

from webnet_core.access.models import Customer
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import HostStatus
from webnet_core.secrets.models import Credential
from webnet_core.testing.flush import flush_without_permissions
from webnet_nornir.connections import pool
from webnet_nornir.manager import NornirManager
from webnet_sim.network import SimulatedDevice
from webnet_sim.spec import DeviceSpec

# No example takes too long where the machine is busy with something else.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

DeviceRow: TypeAlias = Callable[..., Device]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Make the database, whose every emptying costs less from then on."""
    flush_without_permissions()


@pytest.fixture
def customer(db: None) -> Customer:
    return Customer.objects.create(name="Acme")


@pytest.fixture
def device_row(customer: Customer) -> DeviceRow:
    """Make the inventory's row of a simulated device, with a credential that fits."""

    def make(sim: SimulatedDevice, **fields: Any) -> Device:
        secrets = {
            "username": sim.spec.username,
            "password": fields.pop("password", sim.spec.password),
            "enable_password": fields.pop("enable_password", sim.spec.enable),
        }
        credential = Credential.objects.create(customer=customer, name=f"of {sim.name}", **secrets)
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
def time_for(sim_network: Any, device_row: DeviceRow) -> Callable[..., float]:
    """Say how long hosts may take: many times what healthy ones take on this machine as busy as it is now, in seconds.

    ``time_for("netmiko", "cisco_ios", at_least=4)``; the driver's library is loaded afterwards.
    """

    def measure(driver: str, platform: str = "cisco_ios", *, at_least: float) -> float:
        network = sim_network([DeviceSpec(name=f"healthy-{number}", platform=platform) for number in range(3)])
        rows = [device_row(network[name]) for name in network]
        began = time.monotonic()
        manager = NornirManager({"driver": driver})
        outcomes = manager.execute_task("run_commands", rows, commands=["show version"])
        took = time.monotonic() - began
        assert {outcome.status for outcome in outcomes.values()} == {HostStatus.OK}, outcomes
        return float(round(max(at_least, 8 * took)))

    return measure


Leftovers: TypeAlias = Callable[[], tuple[int, int]]


@pytest.fixture
def leftovers() -> Leftovers:
    """Count the threads that serve a device and the open sockets, giving them a minute to go first."""
    threads = _threads()
    sockets: set[str] = set()

    def count() -> tuple[int, int]:
        nonlocal sockets
        if not sockets:
            sockets = _sockets()
            return 0, 0
        deadline = time.monotonic() + 60
        # What was open before may close meanwhile; what counts is what was not there then.
        while time.monotonic() < deadline and (_threads() - threads or _sockets() - sockets):
            time.sleep(0.02)
        return len(_threads() - threads), len(_sockets() - sockets)

    return count


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Fail a test that leaves a host thread, a paramiko thread or a kept session behind."""
    before = _threads()
    yield
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _threads() - before:
        time.sleep(0.02)
    assert not _threads() - before
    assert len(pool) == 0


def _threads() -> set[threading.Thread]:
    return {
        thread
        for thread in threading.enumerate()
        if thread.name.startswith("webnet-host-") or "paramiko" in type(thread).__module__
    }


def _sockets() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(str(entry.readlink()))
    return {target for target in found if target.startswith("socket:")}
