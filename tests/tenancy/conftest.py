"""The site with everything in it, and two customers in its database before the first test."""

from __future__ import annotations

import atexit
import os
import shutil
from typing import Any

import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.tenancy.settings"
import django

django.setup()

from tests.tenancy import settings as site  # noqa: E402
from tests.tenancy.world import World, make_world  # noqa: E402

atexit.register(shutil.rmtree, site.SCRATCH, ignore_errors=True)
_made: list[World] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Store both customers once; each test takes back what it does."""
    with django_db_blocker.unblock():
        _made[:] = [make_world()]


@pytest.fixture
def world(db: None) -> World:
    """Customer A with somebody in each role, customer B with a canary in every text."""
    return _made[0]
