"""Finding, making, changing and removing devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q

from webnet_core.access.permissions import require
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.inventory.leases import holders
from webnet_core.inventory.models import Device, Site
from webnet_core.inventory.repointing import allow_change, allow_new, drop_keys
from webnet_core.inventory.rules import check_device
from webnet_core.inventory.sites import at_site
from webnet_core.plugins.registry import registry
from webnet_core.secrets.models import Credential

M = TypeVar("M", bound=models.Model)

EDITABLE = (
    "hostname",
    "mgmt_ip",
    "port",
    "platform",
    "site",
    "role",
    "credential",
    "driver",
    "connection_options",
    "data",
    "enabled",
)
_OPEN_HOSTS = ("pending", "running")


def find_devices(user: Any, filters: Mapping[str, Any]) -> ScopedQuerySet[Device]:
    """Return the devices the user sees that match every filter.

    Arguments:
        filters: any of site (id or name), role, vendor, platform, reachability, enabled, search (part of name, address
            or serial).
    """
    rows = Device.objects.for_user(user).select_related("site", "credential").order_by("hostname", "pk")
    if (site := filters.get("site")) is not None:
        rows = rows.filter(at_site(site))
    if (vendor := filters.get("vendor")) is not None:
        rows = rows.filter(platform__in=platforms_of(vendor))
    if search := filters.get("search"):
        found = Q(hostname__icontains=search) | Q(mgmt_ip__icontains=search) | Q(serial__icontains=search)
        rows = rows.filter(found)
    for name in ("role", "platform", "reachability", "enabled"):
        if filters.get(name) is not None:
            rows = rows.filter(**{name: filters[name]})
    return rows


def platforms_of(vendor: str) -> list[str]:
    """Return the platforms of a vendor, named in any case."""
    return [item.slug for item in registry("platforms").values() if item.vendor.casefold() == vendor.casefold()]


def vendor_of(platform: str) -> str:
    """Return the vendor of a platform; empty where no plugin knows it any more."""
    found = registry("platforms")
    return str(found[platform].vendor) if platform in found else ""


def create_device(user: Any, customer_id: int, values: Mapping[str, Any]) -> Device:
    """Make a device.

    Arguments:
        values: any of `EDITABLE`; `site` and `credential` as an id, a name or the row itself. A `vendor` is taken only
            where it is that of the platform.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in the customer.
        ReauthenticationRequired: a stored secret would be sent to it; see `stepup.require_repoint`.
        InvalidInput: a field is wrong, or names something that the customer does not have.
    """
    require(user, "devices.edit", customer_id)
    with transaction.atomic():
        device = Device(customer_id=customer_id)
        _assign(device, _resolved(customer_id, values))
        check_device(device, values.get("vendor"))
        proof = allow_new(user, device)
        save_valid(device)
        record(user, "devices.create", device, after=row_values(device, EDITABLE), data=proof)
    return device


def update_device(user: Any, device: Device, values: Mapping[str, Any]) -> Device:
    """Change a device. Another address, port or credential drops the pinned host keys; jobs wait for an accepted one.

    Arguments:
        values: as for `create_device`.

    Raises:
        PermissionDenied: the user lacks ``devices.edit``, or ``devices.repoint`` where it is pointed elsewhere.
        ReauthenticationRequired: it is pointed elsewhere; see `stepup.require_repoint`.
        InvalidInput: as for `create_device`.
    """
    require(user, "devices.edit", device.customer_id)
    with transaction.atomic():
        fresh = Device.objects.select_for_update().get(pk=device.pk)
        resolved = _resolved(fresh.customer_id, values)
        changed = sorted(name for name, value in resolved.items() if getattr(fresh, name) != value)
        proof = allow_change(user, fresh, {name: resolved[name] for name in changed})
        before = row_values(fresh, changed)
        _assign(fresh, resolved)
        check_device(fresh, values.get("vendor"))
        save_valid(fresh)
        if changed:
            record(user, "devices.update", fresh, before=before, after=row_values(fresh, changed), data=proof)
        drop_keys(user, fresh, changed)
    return fresh


def delete_device(user: Any, device: Device) -> None:
    """Remove a device; results of its jobs stay under its name.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in its customer.
        Conflict: a job works on it, somebody holds its lease, or something else needs it.
    """
    require(user, "devices.edit", device.customer_id)
    with transaction.atomic():
        row = Device.objects.select_for_update().get(pk=device.pk)
        busy = row.results.filter(status__in=_OPEN_HOSTS).values_list("job_id", flat=True).first()
        if busy is not None:
            used_by = [{"type": "webnet_core.job", "id": busy, "name": f"job {busy}"}]
            raise Conflict(f"Job {busy} works on {row}; cancel it or wait for its end.", used_by=used_by)
        if held := holders([row.pk]).get(row.pk):
            raise Conflict(f"{row} is {held}; wait until it is given back.")
        record(user, "devices.delete", row, before=row_values(row, EDITABLE))
        delete_unused(row)


def _resolved(customer_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    refuse_unknown(values, (*EDITABLE, "vendor"))
    resolved = {name: value for name, value in values.items() if name != "vendor"}
    if "site" in values:
        resolved["site"] = _relation(Site.objects.filter(customer_id=customer_id), "site", values["site"])
    if "credential" in values:
        rows = Credential.objects.filter(customer_id=customer_id)
        resolved["credential"] = _relation(rows, "credential", values["credential"])
    return resolved


def _relation(rows: models.QuerySet[M], name: str, value: Any) -> M | None:
    """Find what `value` names among the customer's own rows; a foreign row is as unknown as a missing one."""
    if value is None or value == "":
        return None
    if isinstance(value, models.Model):
        found = rows.filter(pk=value.pk).first()
    elif isinstance(value, int):
        found = rows.filter(pk=value).first()
    else:
        found = rows.filter(name=value).first()
        if found is None and str(value).isdecimal() and len(str(value)) <= 18:
            found = rows.filter(pk=int(value)).first()
    if found is None:
        raise InvalidInput.at(name, f"This customer has no {name} {value}.", f"unknown_{name}")
    return found


def _assign(device: Device, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(device, name, value)
