"""What every test of webnet-nornir may ask for."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from webnet_core.access.models import Customer
from webnet_core.inventory.models import Device
from webnet_core.secrets.models import Credential
from webnet_nornir.connections import pool
from webnet_sim.network import SimulatedDevice

DeviceRow: TypeAlias = Callable[..., Device]


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


Leftovers: TypeAlias = Callable[[], tuple[int, int]]


@pytest.fixture
def leftovers() -> Leftovers:
    """Count the threads that serve a device and the open sockets, giving them two seconds to go first."""
    threads = _threads()
    sockets: set[str] = set()

    def count() -> tuple[int, int]:
        nonlocal sockets
        if not sockets:
            sockets = _sockets()
            return 0, 0
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and (_threads() - threads or len(_sockets()) > len(sockets)):
            time.sleep(0.02)
        return len(_threads() - threads), len(_sockets()) - len(sockets)

    return count


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    """Fail a test that leaves a host thread, a paramiko thread or a kept session behind."""
    before = _threads()
    yield
    deadline = time.monotonic() + 5
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
