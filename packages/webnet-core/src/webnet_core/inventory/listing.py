"""What lists show of devices, read with as little as can be: two queries, and no model instances."""

from __future__ import annotations

from typing import Any

from django.db import connections, models
from django.utils import timezone

from webnet_core.access.models import Customer
from webnet_core.access.scope import ScopedQuerySet, customer_ids
from webnet_core.inventory.devices import vendor_of
from webnet_core.inventory.models import Device, DeviceGroup
from webnet_core.inventory.tags import tags_of
from webnet_core.moments import written

_USED = ("role", "platform")
# Statements below are put together from names of tables and columns; nothing a user wrote is in them.
# ruff: noqa: S608
_FIELDS = {field.name: field for field in Device._meta.concrete_fields}
COLUMNS = (
    "id",
    "customer_id",
    "hostname",
    "mgmt_ip",
    "port",
    "platform",
    "site__name",
    "site_id",
    "role",
    "credential_id",
    "credential__name",
    "driver",
    "connection_options",
    "data",
    "enabled",
    "disabled_reason",
    "disabled_by",
    "disabled_at",
    "repinning_required",
    "model",
    "os_version",
    "serial",
    "reachability",
    "reachability_at",
    "last_seen",
    "last_error",
    "last_error_at",
    "created_at",
    "updated_at",
)
_TIMES = tuple(name for name in COLUMNS if isinstance(_FIELDS.get(name), models.DateTimeField))


def answers_of(rows: ScopedQuerySet[Device]) -> list[dict[str, Any]]:
    """Return what the REST interface shows of devices, in their order, by two queries."""
    found = list(rows.values(*COLUMNS))
    zone = timezone.get_current_timezone()
    for row in found:
        for name in _TIMES:
            row[name] = row[name] and written(row[name], zone)
    tags = tags_of([row["id"] for row in found])
    vendors = {platform: vendor_of(platform) for platform in {row["platform"] for row in found}}
    return [_answer(row, vendors[row["platform"]], tags.get(row["id"], {})) for row in found]


def used_values(user: Any) -> dict[str, list[str]]:
    """Return the roles and platforms (``role``, ``platform``) that devices the user sees have, and the names of the
    groups they see (``group``), each sorted, by one query.

    For each customer the database leaps from one value to the next in its index, whatever number of devices has it.
    """
    allowed = customer_ids(user)
    kinds = (*_USED, "group")
    if allowed is not None and not allowed:
        return {kind: [] for kind in kinds}
    connection = connections[Device.objects.db]
    with connection.cursor() as cursor:
        cursor.execute(_leaping(connection.ops.quote_name, len(allowed or ())), sorted(allowed or ()) * len(kinds))
        found = cursor.fetchall()
    return {kind: sorted({value for of, value in found if of == kind and value}) for kind in kinds}


def _leaping(quote: Any, customers: int) -> str:
    """The statement, put together from names of tables and columns alone; the customers' ids are its parameters."""
    device, customer, group = (quote(model._meta.db_table) for model in (Device, Customer, DeviceGroup))
    scope = f"WHERE c.id IN ({', '.join(['%s'] * customers)})" if customers else ""

    def least(column: str, owner: str, beyond: str = "") -> str:
        return f"(SELECT MIN(d.{quote(column)}) FROM {device} d WHERE d.customer_id = {owner}{beyond})"

    first = [f"SELECT '{name}' AS kind, c.id, {least(name, 'c.id')} FROM {customer} c {scope}" for name in _USED]
    following = [
        f"WHEN u.kind = '{name}' THEN {least(name, 'u.owner', f' AND d.{quote(name)} > u.value')}" for name in _USED
    ]
    return (
        f"WITH RECURSIVE used(kind, owner, value) AS ({' UNION ALL '.join(first)} UNION ALL"
        f" SELECT u.kind, u.owner, CASE {' '.join(following)} END FROM used u WHERE u.value IS NOT NULL)"
        " SELECT kind, value FROM used"
        f" UNION SELECT 'group', g.name FROM {group} g JOIN {customer} c ON c.id = g.customer_id {scope}"
    )


def _answer(row: dict[str, Any], vendor: str, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "customer_id": row["customer_id"],
        "hostname": row["hostname"],
        "mgmt_ip": row["mgmt_ip"],
        "port": row["port"],
        "vendor": vendor,
        "platform": row["platform"],
        "site": row["site__name"],
        "site_id": row["site_id"],
        "role": row["role"],
        "credential": row["credential_id"],
        "credentials_ref": row["credential_id"],
        "credential_name": row["credential__name"],
        "driver": row["driver"],
        "connection_options": row["connection_options"],
        "data": row["data"],
        "tags": tags,
        "enabled": row["enabled"],
        "disabled_reason": row["disabled_reason"],
        "disabled_by": row["disabled_by"],
        "disabled_at": row["disabled_at"],
        "repinning_required": row["repinning_required"],
        "model": row["model"],
        "os_version": row["os_version"],
        "serial": row["serial"],
        "reachability_status": row["reachability"],
        "last_reachability_check": row["reachability_at"],
        "last_seen": row["last_seen"],
        "last_error": row["last_error"],
        "last_error_at": row["last_error_at"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }
