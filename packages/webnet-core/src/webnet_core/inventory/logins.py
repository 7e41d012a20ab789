"""Several credentials for a device: which to try, in which order, and who may say so.

First what opened the device last, if it is still in the list, then the device's own, its further ones, and its site's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from webnet_core.access.permissions import require
from webnet_core.access.stepup import require_repoint
from webnet_core.audit.record import record
from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.inventory.hostkeys import forget
from webnet_core.inventory.models import Device, DeviceCredential, Site, SiteCredential
from webnet_core.secrets.models import Credential

MOST = 10


def credentials_to_try(devices: Iterable[Device]) -> dict[int, list[Credential]]:
    """Return by device id the credentials to try, each once and in their order; two queries, whatever the count.

    Arguments:
        devices: with `credential` loaded.
    """
    rows = list(devices)
    own: dict[int, list[Credential]] = {}
    for device_row in DeviceCredential.objects.filter(device__in=rows).select_related("credential"):
        own.setdefault(device_row.device_id, []).append(device_row.credential)
    sites = {device.site_id for device in rows if device.site_id is not None}
    shared: dict[int, list[Credential]] = {}
    for site_row in SiteCredential.objects.filter(site__in=sites).select_related("credential"):
        shared.setdefault(site_row.site_id, []).append(site_row.credential)
    return {
        device.pk: _ordered(device, [*own.get(device.pk, ()), *shared.get(device.site_id or 0, ())]) for device in rows
    }


def _ordered(device: Device, further: Sequence[Credential]) -> list[Credential]:
    first = [device.credential] if device.credential is not None else []
    # A row of another customer cannot be there; if it were, its secret must not be sent to this device.
    listed = {one.pk: one for one in (*first, *further) if one.customer_id == device.customer_id}
    return sorted(listed.values(), key=lambda one: one.pk != device.opened_by_id)


def set_device_credentials(user: Any, device: Device, wanted: Sequence[int | str]) -> list[Credential]:
    """Say which credentials to try on a device after its own, in this order; an empty list removes all.

    A credential that was not in the list drops the pinned host keys, as another `credential` of the device does.

    Arguments:
        wanted: ids or names, of the device's customer.

    Raises:
        PermissionDenied: the user lacks ``devices.edit``, or may not re-point; see `stepup.require_repoint`.
        InvalidInput: one is unknown or given twice, or there are too many.
    """
    require(user, "devices.edit", device.customer_id)
    with transaction.atomic():
        fresh = Device.objects.select_for_update().get(pk=device.pk)
        found = _found(fresh.customer_id, wanted)
        rows = DeviceCredential.objects.filter(device=fresh)
        before = [row.credential for row in rows.select_related("credential")]
        if before == found:
            return found
        proof = require_repoint(user, fresh.customer_id)
        rows.delete()
        DeviceCredential.objects.bulk_create(
            DeviceCredential(device=fresh, credential=one, position=place) for place, one in enumerate(found, start=1)
        )
        record(user, "devices.credentials", fresh, before=_names(before), after=_names(found), data={"proof": proof})
        if set(found) - set(before):
            forget(user, fresh)
    return found


def set_site_credentials(user: Any, site: Site, wanted: Sequence[int | str]) -> list[Credential]:
    """Say which credentials to try on every device of a site after the device's own; pinned host keys stay.

    Arguments:
        wanted: ids or names, of the site's customer.

    Raises:
        PermissionDenied: the user lacks ``sites.edit``, or may not re-point; see `stepup.require_repoint`.
        InvalidInput: one is unknown or given twice, or there are too many.
    """
    require(user, "sites.edit", site.customer_id)
    with transaction.atomic():
        fresh = Site.objects.select_for_update().get(pk=site.pk)
        found = _found(fresh.customer_id, wanted)
        rows = SiteCredential.objects.filter(site=fresh)
        before = [row.credential for row in rows.select_related("credential")]
        if before == found:
            return found
        proof = require_repoint(user, fresh.customer_id)
        rows.delete()
        SiteCredential.objects.bulk_create(
            SiteCredential(site=fresh, credential=one, position=place) for place, one in enumerate(found, start=1)
        )
        record(user, "sites.credentials", fresh, before=_names(before), after=_names(found), data={"proof": proof})
    return found


def _found(customer_id: int, wanted: Sequence[int | str]) -> list[Credential]:
    """Return the customer's own credentials that are meant; a foreign one is as unknown as a missing one."""
    if len(wanted) > MOST:
        raise InvalidInput.at("credentials", f"At most {MOST} credentials can be tried.", "too_many")
    rows = Credential.objects.filter(customer_id=customer_id)
    by_id = {row.pk: row for row in rows.filter(pk__in=[one for one in wanted if isinstance(one, int)])}
    by_name = {row.name: row for row in rows.filter(name__in=[one for one in wanted if isinstance(one, str)])}
    found: list[Credential] = []
    errors: list[FieldError] = []
    for place, one in enumerate(wanted):
        row = by_id.get(one) if isinstance(one, int) else by_name.get(one)
        path = f"credentials.{place}"
        if row is None:
            message = f"This customer has no credential {one}."
            errors.append(FieldError(path=path, message=message, code="unknown_credential"))
        elif row in found:
            errors.append(FieldError(path=path, message=f"The credential {one} is given twice.", code="duplicate"))
        else:
            found.append(row)
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _names(credentials: Sequence[Credential]) -> dict[str, Any]:
    return {"credentials": [one.name for one in credentials]}
