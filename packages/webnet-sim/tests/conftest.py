from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from webnet_sim.device import Device
from webnet_sim.spec import DeviceSpec

NOON = datetime(2026, 11, 16, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def make_device() -> Callable[..., Device]:
    """Make a device without SSH whose clock stands still."""

    def make(platform: str = "cisco_ios", **facts: Any) -> Device:
        return Device(DeviceSpec(name=facts.pop("name", "r1"), platform=platform, **facts), clock=lambda: NOON)

    return make
