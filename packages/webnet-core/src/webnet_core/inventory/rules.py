"""What a device must be, whoever makes or changes it and by whatever door: one at a time, in bulk or by import."""

from __future__ import annotations

from collections.abc import Iterator

from webnet_core.exceptions import FieldError, InvalidInput, UnknownKey
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import Platform
from webnet_core.plugins.registry import registry

_OBJECTS = ("connection_options", "data")


def check_device(device: Device, vendor: str | None = None) -> None:
    """Go on only if the device is one that webnet can work with.

    Arguments:
        vendor: what the caller took to be the vendor of its platform; None where nothing was said.

    Raises:
        InvalidInput: it is not; one error for each thing that is wrong.
    """
    if errors := list(find_errors(device, vendor)):
        raise InvalidInput(errors=errors)


def find_errors(device: Device, vendor: str | None = None) -> Iterator[FieldError]:
    """Yield what is wrong with a device, as far as it needs no query; see `check_device`."""
    try:
        platform: Platform = registry("platforms").get(device.platform)
    except UnknownKey as error:
        yield FieldError(path="platform", message=str(error.args[0]), code="unknown_platform")
    else:
        yield from _platform_errors(device, platform, vendor)
    for name in _OBJECTS:
        if not isinstance(getattr(device, name), dict):
            yield FieldError(path=name, message="This is an object.", code="type")
    if isinstance(device.connection_options, dict):
        for key, options in device.connection_options.items():
            if not isinstance(options, dict):
                message = "Options of a driver are an object."
                yield FieldError(path=f"connection_options.{key}", message=message, code="type")


def drivers_of(platform: Platform) -> set[str]:
    """Return the drivers that a device of this platform may name."""
    return set(platform.drivers) | (set(platform.names) & set(registry("drivers") if _has_drivers() else ()))


def _platform_errors(device: Device, platform: Platform, vendor: str | None) -> Iterator[FieldError]:
    if vendor is not None and vendor.casefold() != platform.vendor.casefold():
        message = f"The vendor of {platform.slug} is {platform.vendor}; leave it out or send that."
        yield FieldError(path="vendor", message=message, code="vendor_differs")
    if device.driver and device.driver not in drivers_of(platform):
        known = ", ".join(sorted(drivers_of(platform))) or "none"
        message = f"{platform.label} has no driver {device.driver!r}; it has {known}."
        yield FieldError(path="driver", message=message, code="unknown_driver")


def _has_drivers() -> bool:
    try:
        registry("drivers")
    except UnknownKey:
        return False
    return True
