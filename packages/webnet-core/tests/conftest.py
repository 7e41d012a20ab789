"""What every test of webnet-core has at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings

from webnet_core.testing.flush import flush_without_permissions

# No example takes too long where the machine is busy with something else.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Make the database, whose every emptying costs less from then on."""
    flush_without_permissions()


@pytest.fixture(scope="session", autouse=True)
def database_directory() -> Iterator[None]:
    """Take the run's database files away again."""
    yield
    shutil.rmtree(settings.DATABASE_DIRECTORY, ignore_errors=True)
