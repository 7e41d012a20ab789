"""What every test of webnet-core has at hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def database_directory() -> Iterator[None]:
    """Take the run's database files away again."""
    yield
    shutil.rmtree(settings.DATABASE_DIRECTORY, ignore_errors=True)
