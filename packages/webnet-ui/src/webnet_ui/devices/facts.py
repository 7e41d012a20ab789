"""How a device is told on pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from webnet_core.exceptions import WebnetError
from webnet_core.inventory.groups import groups_of
from webnet_core.inventory.models import Device
from webnet_core.inventory.tags import tags_of, told
from webnet_core.inventory.targets import ResolvedTargets
from webnet_core.jobs.models import HostResult
from webnet_core.jobs.plan import plan_rows
from webnet_core.plugins.items import ErrorCategory, TaskSpec
from webnet_core.plugins.registry import registry
from webnet_ui.devices.filters import platform_label
from webnet_ui.elements.times import format_duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What the last contact complained of."""

    category: str
    word: str
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """How one operation would reach a device: the driver and why, or why not."""

    operation: str
    driver: str
    reason: str
    fallbacks: Sequence[str] = ()


def state_of(device: Device) -> str:
    """Return the device's state in the status vocabulary."""
    if not device.enabled:
        return "disabled"
    return "never" if device.reachability == "unknown" else device.reachability


def problem_of(device: Device) -> Problem | None:
    """Return what the last contact complained of; none where all was well."""
    if not device.last_error:
        return None
    category, _, message = device.last_error.partition(": ")
    if category not in set(ErrorCategory):
        return Problem(category="", word="Error", message=device.last_error)
    word = category.replace("_", " ").capitalize()
    return Problem(category=category, word=word, message=message or device.last_error)


def decorate(device: Device) -> Device:
    """Give the device the attributes that tables and lists show."""
    known = registry("platforms").get(device.platform, None)
    extra: Any = device
    extra.state, extra.problem = state_of(device), problem_of(device)
    extra.platform_label = platform_label(device.platform)
    extra.make = " ".join(filter(None, [known.vendor if known is not None else "", device.model]))
    return device


def facts_of(device: Device) -> list[tuple[Any, ...]]:
    """Return what is known of the device itself."""
    return [
        ("Model", device.model),
        ("OS version", device.os_version),
        ("Serial", device.serial, "copy mono"),
        ("Site", device.site.name if device.site else None),
        ("Role", device.role),
        ("Tags", _links("tag", told(tags_of([device.pk]).get(device.pk, {})))),
        ("Groups", _links("group", groups_of([device]).get(device.pk, ()))),
        ("Customer", device.customer.name),
        ("Last seen", _local(device.last_seen)),
        ("Added", _local(device.created_at)),
    ]


def connection_of(device: Device) -> list[tuple[Any, ...]]:
    """Return how the device is reached and logged in to; never a secret."""
    return [
        ("Address", device.mgmt_ip, "copy mono"),
        ("SSH port", str(device.port), "mono"),
        ("Credential", device.credential.name if device.credential else None),
        ("Driver set here", device.driver or None, "mono"),
    ]


def routes_to(device: Device) -> list[Route]:
    """Return, for each operation that some task needs, the driver it would use on this device, and why."""
    on, off = ((device.pk,), ()) if device.enabled else ((), (device.pk,))
    target = ResolvedTargets(customer_id=device.customer_id, device_ids=on, disabled=off)
    return [_route(operation, spec, target) for operation, spec in sorted(_operations().items())]


def decorate_result(row: HostResult) -> HostResult:
    """Give the result the attributes that tables and lists show."""
    spec = registry("tasks").get(row.job.type, None)
    extra: Any = row
    extra.title = spec.title if spec is not None else row.job.type
    extra.took = ""
    if row.started_at is not None:
        extra.took = format_duration((row.finished_at or timezone.now()) - row.started_at)
    extra.problem = row.error_category.replace("_", " ")
    return row


def _operations() -> dict[str, TaskSpec[Any]]:
    """Return each operation with a task that needs nothing else, so that its plan speaks of this operation alone."""
    found: dict[str, TaskSpec[Any]] = {}
    for spec in registry("tasks").values():
        if spec.scope == "host" and len(spec.needs) == 1:
            found.setdefault(next(iter(spec.needs)), spec)
    return found


def _route(operation: str, spec: TaskSpec[Any], target: ResolvedTargets) -> Route:
    try:
        (row,) = plan_rows(spec, target, {})
    except WebnetError as error:
        return Route(operation=operation, driver="", reason=error.message)
    if row.excluded or row.driver is None:
        return Route(operation=operation, driver="", reason=row.excluded or row.reason)
    return Route(operation=operation, driver=row.driver, reason=row.reason, fallbacks=row.fallbacks)


def _links(name: str, values: Sequence[str]) -> SafeString:
    """Return the values, each leading to the devices that share it."""
    page = reverse("webnet:device-list")
    links = ((f"{page}?{urlencode({name: value})}", value) for value in values)
    return format_html_join(", ", '<a class="wn-link" href="{}">{}</a>', links)


def _local(value: Any) -> str | None:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value is not None else None
