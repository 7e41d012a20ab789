"""Whether the platforms of the site's devices have a driver that is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from webnet_core.inventory.models import Device
from webnet_core.plugins.items import HealthCheck, HealthResult, Platform
from webnet_core.plugins.registry import registry
from webnet_nornir.drivers.base import Driver

_BASIC = "run_commands"


def checks() -> Iterable[HealthCheck]:
    """The drivers."""
    return (
        HealthCheck(
            key="webnet_nornir.drivers",
            label="Drivers",
            run=check_drivers,
            needed=False,
            weight=60,
            meaning="Devices of these platforms are skipped by every task.",
            fix="Install webnet-nornir with the extra of a driver for them, as webnet-nornir[netmiko].",
        ),
    )


def check_drivers() -> HealthResult:
    """Say which drivers are installed, and which platforms of devices none of them can talk to."""
    drivers: Mapping[str, Driver] = registry("drivers")
    missing = {name: lacks for name, driver in drivers.items() if (lacks := driver.missing())}
    installed = sorted(set(drivers) - set(missing))
    platforms: Mapping[str, Platform] = registry("platforms")
    used = set(Device.objects.order_by().values_list("platform", flat=True).distinct())
    silent = sorted(slug for slug in used if slug not in platforms or not _spoken(platforms[slug], drivers, installed))
    facts = {"installed": installed, "missing": missing}
    if silent:
        lacking = "; ".join(f"{name} needs pip install '{lacks}'" for name, lacks in missing.items())
        message = f"No installed driver talks to {', '.join(silent)}. {lacking}".strip()
        return HealthResult(ok=False, message=message, facts={**facts, "silent": silent})
    return HealthResult(ok=bool(installed), message=f"Installed: {', '.join(installed) or 'none'}.", facts=facts)


def _spoken(platform: Platform, drivers: Mapping[str, Driver], installed: Iterable[str]) -> bool:
    return any(drivers[name].supports(platform, _BASIC) for name in installed)
