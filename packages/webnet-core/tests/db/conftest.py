"""What tests on a real database share. Each of them runs on SQLite here and, by test_on_postgresql, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from tests.db import executor

from webnet_core.access.models import Customer
from webnet_core.events.types import JobOutcome
from webnet_core.jobs.models import Job
from webnet_core.jobs.plan import plan
from webnet_core.jobs.submit import submit
from webnet_core.testing.factories import make_customer, make_user


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> Iterator[None]:
    """Commit for real: these tests have several connections."""
    yield
    connections.close_all()


@pytest.fixture(autouse=True)
def _executor(webnet_plugins: Any) -> None:
    webnet_plugins.load(proof=executor)


@pytest.fixture
def core(settings: Any) -> Callable[..., None]:
    """Change keys of section CORE: ``core(SHARD_SIZE=2)``."""

    def change(**keys: Any) -> None:
        settings.WEBNET = {**django_settings.WEBNET, "CORE": {**django_settings.WEBNET["CORE"], **keys}}

    return change


@pytest.fixture
def customer() -> Customer:
    return make_customer("Acme")


@pytest.fixture
def operator(customer: Customer) -> Any:
    return make_user("olga", role="operator", customer=customer)


@pytest.fixture
def contacts(tmp_path: Path) -> str:
    """The file in which contacts with devices are written down."""
    return str(tmp_path / "contacts")


@pytest.fixture
def start(operator: Any, contacts: str) -> Callable[..., Job]:
    """Submit a task of the test executor for the devices given, planning first where it changes something."""

    def run(task: str, devices: Any, **params: Any) -> Job:
        asked = {
            "targets": {"device_ids": [device.pk for device in devices]},
            "params": {"contacts": contacts, **params},
        }
        token = plan(operator, task=f"proof.{task}", **asked).token if task == "change" else ""
        return submit(operator, task=f"proof.{task}", **asked, token=token)

    return run


class Listener:
    """A plugin that keeps what `webnet_event` told it."""

    def __init__(self) -> None:
        self.outcomes: list[JobOutcome] = []
        self.notices: list[Any] = []

    @executor.hookimpl
    def webnet_event(self, event: Any) -> None:
        (self.outcomes if isinstance(event, JobOutcome) else self.notices).append(event)


@pytest.fixture
def listener(webnet_plugins: Any) -> Listener:
    heard = Listener()
    webnet_plugins.load(listener=heard)
    return heard
