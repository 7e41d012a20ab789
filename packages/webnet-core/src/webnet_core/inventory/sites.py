"""Making, changing and removing sites."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction

from webnet_core.access.editing import differing, store_changes
from webnet_core.access.permissions import require
from webnet_core.access.validation import delete_unused, refuse_unknown, save_valid
from webnet_core.audit.changes import row_values
from webnet_core.audit.record import record
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.models import Site

EDITABLE = ("name", "queue", "time_zone")


def create_site(user: Any, customer_id: int, values: Mapping[str, Any]) -> Site:
    """Make a site.

    Raises:
        PermissionDenied: the user lacks ``sites.edit`` in the customer.
        InvalidInput: a field is wrong, the name is taken or the time zone unknown.
    """
    require(user, "sites.edit", customer_id)
    _check(values)
    with transaction.atomic():
        site = Site(customer_id=customer_id, **values)
        save_valid(site)
        record(user, "sites.create", site, after=row_values(site, EDITABLE))
    return site


def update_site(user: Any, site: Site, values: Mapping[str, Any]) -> Site:
    """Change a site; see `create_site` for what is refused."""
    require(user, "sites.edit", site.customer_id)
    _check(values)
    with transaction.atomic():
        fresh = Site.objects.select_for_update().get(pk=site.pk)
        store_changes(user, "sites.update", fresh, differing(fresh, values))
    return fresh


def delete_site(user: Any, site: Site) -> None:
    """Remove a site.

    Raises:
        PermissionDenied: the user lacks ``sites.edit`` in its customer.
        Conflict: devices stand there.
    """
    require(user, "sites.edit", site.customer_id)
    with transaction.atomic():
        record(user, "sites.delete", site, before=row_values(site, EDITABLE))
        delete_unused(site)


def _check(values: Mapping[str, Any]) -> None:
    refuse_unknown(values, EDITABLE)
    zone = values.get("time_zone", "UTC")
    if zone not in available_timezones():
        raise InvalidInput.at("time_zone", f"There is no time zone {zone!r}; write it as Europe/London.", "time_zone")
