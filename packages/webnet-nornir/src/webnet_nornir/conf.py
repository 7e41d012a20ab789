"""Section NORNIR of the `WEBNET` setting, and what Nornir itself is configured with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nornir.core import Nornir
from nornir.core.configuration import Config, CoreConfig, LoggingConfig
from nornir.core.inventory import Inventory
from nornir.core.plugins.runners import RunnerPlugin
from pydantic import Field

from webnet_core.conf import settings
from webnet_core.plugins.items import SettingsSection, TaskSpec
from webnet_nornir.drivers.base import Timeouts


class NornirSettings(SettingsSection):
    """Section NORNIR. Times are in seconds."""

    WORKERS: int = Field(50, ge=1, le=500, description="Devices a shard works on at once.")
    CONNECT_TIMEOUT: float = Field(10, gt=0, description="How long a TCP connection may take.")
    AUTH_TIMEOUT: float = Field(15, gt=0, description="How long a device may take to answer a login.")
    BANNER_TIMEOUT: float = Field(15, gt=0, description="How long a device may take to say it speaks SSH.")
    COMMAND_TIMEOUT: float = Field(60, gt=0, description="How long one command may take.")
    ATTEMPTS: int = Field(2, ge=1, le=5, description="How often a reading task runs when its connection breaks.")
    LOGIN_TRIES: int = Field(
        3, ge=1, le=10, description="How many credentials are tried on a device; accounts may be locked after a few."
    )
    BUSY_WAIT: float = Field(30, ge=0, description="How long a reading task waits for a device that is being changed.")
    DRIVER_OPTIONS: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description='Options for every device of a driver: {"netmiko": {"keepalive": 30}}.'
    )


class NornirConfig:
    """What runs are configured with: the NORNIR and CORE sections, overridden by one run's options.

    Args:
        options: The run's: ``workers``, ``deadline`` (seconds a host), ``driver``.
    """

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self.options: Mapping[str, Any] = dict(options or {})

    @property
    def section(self) -> NornirSettings:
        """The NORNIR section as it is now."""
        return settings.section("NORNIR", NornirSettings)

    @property
    def workers(self) -> int:
        """How many hosts run at once."""
        return int(self.options.get("workers") or self.section.WORKERS)

    @property
    def timeouts(self) -> Timeouts:
        """What drivers wait for."""
        section = self.section
        return Timeouts(
            connect=section.CONNECT_TIMEOUT,
            auth=section.AUTH_TIMEOUT,
            banner=section.BANNER_TIMEOUT,
            command=section.COMMAND_TIMEOUT,
        )

    def deadline(self, spec: TaskSpec[Any]) -> float:
        """Seconds a host has for `spec`: the least of the task's own, the site's cap and the run's wish."""
        limits = (spec.deadline.total_seconds(), settings.CORE.HOST_DEADLINE_SECONDS, self.options.get("deadline"))
        return min(float(limit) for limit in limits if limit)

    def driver_options(self, own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Options by driver: the site's for all devices, overridden by the device's `own`."""
        merged = {driver: dict(values) for driver, values in self.section.DRIVER_OPTIONS.items()}
        for driver, values in own.items():
            merged[driver] = {**merged.get(driver, {}), **values}
        return merged

    def nornir(self, inventory: Inventory, runner: RunnerPlugin | None = None) -> Nornir:
        """Return a new Nornir object over `inventory`; each run has its own, for it skips hosts that failed once.

        Nornir's own logging set-up stays off: the site's LOGGING is the site's.
        """
        config = Config(core=CoreConfig(raise_on_error=False), logging=LoggingConfig(enabled=False))
        return Nornir(inventory=inventory, config=config, runner=runner)
