"""What a run would do with each device, without touching one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from webnet_core.conf import settings
from webnet_core.inventory.logins import credentials_to_try
from webnet_core.inventory.models import Device
from webnet_core.inventory.ranges import Network, is_outside, listed, networks_by_customer
from webnet_core.plugins.items import PlanRow, TaskSpec
from webnet_nornir.addresses import refused_reason
from webnet_nornir.choosing import choose_all, platform_of
from webnet_nornir.conf import NornirConfig
from webnet_nornir.exceptions import HostError
from webnet_nornir.inventory import device_facts
from webnet_nornir.selection import DriverChoice


def plan_targets(task: TaskSpec[Any], devices: Sequence[Device], options: Mapping[str, Any]) -> Mapping[int, PlanRow]:
    """Return a row for each device: the driver and why, or why the device is left out.

    Args:
        task: What would run.
        devices: Rows with site and credential loaded.
        options: The run's.
    """
    config = NornirConfig(options)
    bare = [device for device in devices if device.credential_id is None]
    elsewhere = credentials_to_try(bare) if bare else {}
    locked = {device.pk for device in bare if not elsewhere[device.pk]}
    ranges = networks_by_customer({device.customer_id for device in devices})
    left_out = {device.pk: _excluded(device, locked, ranges.get(device.customer_id, ())) for device in devices}
    return {device.pk: _row(task, device, options, config, left_out[device.pk]) for device in devices}


def _row(
    task: TaskSpec[Any], device: Device, options: Mapping[str, Any], config: NornirConfig, excluded: str
) -> PlanRow:
    if excluded:
        return PlanRow(device_id=device.pk, driver=None, reason="", excluded=excluded)
    try:
        choices = choose_all(device_facts(device, config), platform_of(device.platform), task.needs, options)
    except HostError as error:
        return PlanRow(device_id=device.pk, driver=None, reason="", excluded=error.message)
    if not choices:
        return PlanRow(device_id=device.pk, driver=None, reason="the task contacts no device")
    first = next(iter(choices.values()))
    return PlanRow(
        device_id=device.pk,
        driver=first.driver,
        reason=reason(choices),
        fallbacks=first.fallbacks,
        warnings=_warnings(device),
    )


def reason(choices: Mapping[str, DriverChoice]) -> str:
    """Return why these drivers, in one line; operations that differ are named."""
    if len({(choice.driver, choice.reason) for choice in choices.values()}) <= 1:
        return next((choice.reason for choice in choices.values()), "")
    return "; ".join(f"{operation}: {choice.driver}, {choice.reason}" for operation, choice in choices.items())


def _excluded(device: Device, locked: Collection[int], ranges: Sequence[Network]) -> str:
    if not device.enabled:
        return "The device is disabled."
    if device.pk in locked:
        return "The device has no credential, nor has its site; give it one."
    refused = refused_reason(device.mgmt_ip, settings.CORE.DEVICE_NETWORKS)
    if refused:
        return f"Its address {device.mgmt_ip} is {refused}, which webnet does not connect to."
    if is_outside(device.mgmt_ip, ranges):
        return f"Its address {device.mgmt_ip} lies in none of the customer's IP ranges ({listed(ranges)})."
    return ""


def _warnings(device: Device) -> tuple[str, ...]:
    if device.reachability == "unreachable":
        return (
            f"It could not be reached last time: {device.last_error}"
            if device.last_error
            else "Last time it could not be reached.",
        )
    return ()
