"""Which driver does an operation on a device, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webnet_core.plugins.items import Platform
from webnet_nornir.context import DeviceFacts
from webnet_nornir.drivers.base import Driver, obstacle
from webnet_nornir.exceptions import DriverMissing, OperationNotSupported


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverChoice:
    """The driver chosen for an operation, the reason in words, and which are tried after it."""

    driver: str
    reason: str
    fallbacks: Sequence[str] = ()


class PluginSelector:
    """Chooses drivers: the run's word, else the device's, else the platform's order.

    Args:
        drivers: Registered drivers by name.
    """

    def __init__(self, drivers: Mapping[str, Driver]) -> None:
        self._drivers = drivers

    def choose(
        self, device: DeviceFacts, platform: Platform, operation: str, options: Mapping[str, Any] | None = None
    ) -> DriverChoice:
        """Return the driver for `operation` on `device`.

        Args:
            device: The device; its `driver` is a preference.
            platform: The device's platform; its `drivers` are the default order.
            operation: One of `webnet_nornir.operations`.
            options: The run's; ``driver`` overrides and allows no other.

        Raises:
            DriverMissing: The driver asked for, or every one that could, is not installed; the error says what to do.
            OperationNotSupported: No driver can do this on the platform.
        """
        asked = (options or {}).get("driver") or ""
        if asked:
            self._require(asked, platform, operation)
            return DriverChoice(driver=asked, reason="chosen for this run")
        order = _order(device, platform)
        usable = [name for name in order if self._usable(name, platform, operation)]
        if not usable:
            raise self._none(order, platform, operation)
        reason = self._reason(usable[0], device, platform, operation)
        return DriverChoice(driver=usable[0], reason=reason, fallbacks=tuple(usable[1:]))

    def confirm(self, choice: DriverChoice, platform: Platform, operation: str) -> DriverChoice:
        """Return a plugin's choice, its fallbacks cut down to those that can do it.

        Raises:
            DriverMissing, OperationNotSupported: The driver it names cannot do it here.
        """
        self._require(choice.driver, platform, operation)
        usable = tuple(name for name in choice.fallbacks if self._usable(name, platform, operation))
        return DriverChoice(driver=choice.driver, reason=choice.reason, fallbacks=usable)

    def _usable(self, name: str, platform: Platform, operation: str) -> bool:
        driver = self._drivers.get(name, None)
        return driver is not None and not driver.missing() and driver.supports(platform, operation)

    def _require(self, name: str, platform: Platform, operation: str) -> None:
        driver = self._drivers.get(name, None)
        if driver is None:
            known = ", ".join(self._drivers) or "none"
            raise DriverMissing(f"No plugin registers a driver {name!r}; registered: {known}.", driver=name)
        if missing := driver.missing():
            raise DriverMissing(
                f"The driver {name} needs more: pip install '{missing}'.", driver=name, requires=missing
            )
        if not driver.supports(platform, operation):
            why = obstacle(driver, platform, operation)
            raise OperationNotSupported(f"The driver {name} cannot do {operation} on {platform.label}: {why}.")

    def _reason(self, name: str, device: DeviceFacts, platform: Platform, operation: str) -> str:
        if name == device.driver:
            return "the device's own setting"
        order = _order(device, platform)
        passed_over = order[: order.index(name)]
        if not passed_over:
            return f"{platform.label}'s default"
        first = "default" if name == next(iter(platform.drivers), "") else "next driver"
        told = ", ".join(self._obstacle(other, device, platform, operation) for other in passed_over)
        return f"{platform.label}'s {first}; {told}"

    def _obstacle(self, name: str, device: DeviceFacts, platform: Platform, operation: str) -> str:
        named = f"{name}, the device's setting," if name == device.driver else name
        driver = self._drivers.get(name, None)
        if driver is None:
            return f"{named} is registered by no plugin"
        if not driver.supports(platform, operation):
            return f"{named} cannot do {operation} here"
        return f"{named} is not installed (pip install '{driver.missing()}')"

    def _none(self, order: Sequence[str], platform: Platform, operation: str) -> DriverMissing | OperationNotSupported:
        for name in order:
            driver = self._drivers.get(name, None)
            if driver is not None and driver.missing() and driver.supports(platform, operation):
                missing = driver.missing()
                return DriverMissing(
                    f"No driver for {operation} on {platform.label} is installed: pip install '{missing}'.",
                    driver=name,
                    requires=missing,
                )
        tried = ", ".join(order) or "none"
        return OperationNotSupported(f"No driver can do {operation} on {platform.label} (its drivers: {tried}).")


def _order(device: DeviceFacts, platform: Platform) -> list[str]:
    return [name for name in dict.fromkeys((device.driver, *platform.drivers)) if name]
