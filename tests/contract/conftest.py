"""The site with everything in it, one customer with a row of every kind, and somebody in each role."""

from __future__ import annotations

import atexit
import os
import shutil
from typing import Any

import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.contract.settings"
import django

django.setup()

from tests.contract import settings as site  # noqa: E402
from tests.contract.world import World, make_world  # noqa: E402

atexit.register(shutil.rmtree, site.SCRATCH, ignore_errors=True)
_made: list[World] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Store everything once; each test takes back what it does."""
    with django_db_blocker.unblock():
        _made[:] = [make_world()]


@pytest.fixture
def world(db: None) -> World:
    """What `make_world` made."""
    return _made[0]
