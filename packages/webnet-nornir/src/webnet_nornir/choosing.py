"""The choice of drivers as plan and run both make it: plugins first, then webnet's own rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from webnet_core.exceptions import UnknownKey
from webnet_core.plugins.calls import decide_or_none
from webnet_core.plugins.items import Platform
from webnet_core.plugins.registry import registry
from webnet_nornir.context import DeviceFacts
from webnet_nornir.exceptions import OperationNotSupported
from webnet_nornir.selection import DriverChoice, PluginSelector


def choose(device: DeviceFacts, platform: Platform, operation: str, options: Mapping[str, Any]) -> DriverChoice:
    """Return the driver for `operation` on `device`.

    Raises:
        HostError: None can; the error says why and what to do.
    """
    selector = PluginSelector(registry("drivers"))
    if not options.get("driver"):
        decision = decide_or_none("webnet_select_driver", device=device, operation=operation, options=options)
        if decision is not None:
            return selector.confirm(decision.value, platform, operation)
    return selector.choose(device, platform, operation, options)


def choose_all(
    device: DeviceFacts, platform: Platform, operations: Iterable[str], options: Mapping[str, Any]
) -> dict[str, DriverChoice]:
    """Return the choice for each of `operations`.

    Raises:
        HostError: One of them cannot be done.
    """
    return {operation: choose(device, platform, operation, options) for operation in sorted(operations)}


def platform_of(slug: str) -> Platform:
    """Return the platform called `slug`.

    Raises:
        OperationNotSupported: No plugin registers it; the message names close ones.
    """
    try:
        found: Platform = registry("platforms").get(slug)
    except UnknownKey as error:
        raise OperationNotSupported(f"The device's platform is unknown: {error.message}") from error
    return found
