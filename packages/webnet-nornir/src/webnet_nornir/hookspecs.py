"""The hooks that webnet-nornir asks; implement one with `webnet_core.plugin.hookimpl`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webnet_core.plugins.markers import decides, registers
from webnet_nornir.context import DeviceFacts
from webnet_nornir.drivers.base import Driver
from webnet_nornir.selection import DriverChoice


@registers(Driver, key="name")
def webnet_register_drivers() -> Iterable[Driver]:  # type: ignore[empty-body]
    """Add libraries that talk to devices.

    When: once, at start.

    Returns:
        `Driver` objects named ``<plugin>.<name>``; platforms list drivers by that name.

    Example::

        @hookimpl
        def webnet_register_drivers():
            return [AcmeDriver()]

    .. versionadded:: 0.1
    """


@decides
def webnet_select_driver(device: DeviceFacts, operation: str, options: Mapping[str, Any]) -> DriverChoice | None:
    """Choose the driver for an operation on a device, before webnet's own rule does.

    When: when a plan is made and when a host is admitted, in the control thread; the ORM may be used. A run that names
    a driver is not asked about.

    Args:
        device: The device.
        operation: What will be done, for instance ``get_config``.
        options: What the user chose for the run.

    Returns:
        A `DriverChoice` with a reason people understand, or None to leave the choice to others.

    Example::

        @hookimpl
        def webnet_select_driver(device, operation):
            if device.site == "lab" and operation == "get_config":
                return DriverChoice(driver="netmiko", reason="the lab's routers answer it best")

    .. versionadded:: 0.1
    """
