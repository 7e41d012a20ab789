"""What of a customer's inventory the rows of a file may name, and which devices hold a stored secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from webnet_core.access.models import Customer
from webnet_core.inventory.drafts import DeviceDraft
from webnet_core.inventory.models import Device, DeviceCredential, Site
from webnet_core.inventory.references import References
from webnet_core.inventory.repointing import REPOINTING, points_elsewhere
from webnet_core.plugins.registry import registry
from webnet_core.secrets.models import Credential
from webnet_core.storable import json_problem

_ALLOWED_SHOWN = 20
_LOOKED_FOR = 200
_AT_ONCE = 2000


class Known:
    """Sites, credentials and platforms by name, looked up once for a whole file."""

    def __init__(self, customer_id: int) -> None:
        self.customer = str(Customer.objects.get(pk=customer_id))
        self.references = References(customer_id)
        sites = Site.objects.filter(customer_id=customer_id)
        credentials = Credential.objects.filter(customer_id=customer_id).only("id", "name", "customer_id")
        self.rows: dict[str, dict[str, Any]] = {
            "site": {row.name: row for row in sites},
            "credential": {row.name: row for row in credentials},
        }
        self._by_id = {kind: {row.pk: row for row in rows.values()} for kind, rows in self.rows.items()}
        tried = DeviceCredential.objects.filter(device__customer_id=customer_id)
        self.tried = frozenset(tried.values_list("device_id", flat=True))
        self._nearest: dict[tuple[str, str], str] = {}
        self._allowed: dict[str, tuple[str, ...]] = {}

    def placed(self, devices: Iterable[Device]) -> Iterator[Device]:
        """Yield devices with their site and credential at hand, without a query for each."""
        for device in devices:
            device.site = self._by_id["site"].get(device.site_id)
            device.credential = self._by_id["credential"].get(device.credential_id)
            yield device

    def names(self, kind: str) -> Iterable[str]:
        """Return the names that may stand in a column."""
        return registry("platforms") if kind == "platform" else self.rows[kind]

    def allowed(self, kind: str) -> tuple[str, ...]:
        """Return the first of the names that may stand in a column."""
        if kind not in self._allowed:
            self._allowed[kind] = tuple(sorted(self.names(kind))[:_ALLOWED_SHOWN])
        return self._allowed[kind]

    def nearest(self, kind: str, value: str) -> str:
        """Return the likeliest name that was meant; looked for of the first few hundred."""
        if len(self._nearest) < _LOOKED_FOR and (kind, value) not in self._nearest:
            found = get_close_matches(value[:100], list(self.names(kind)), n=1)
            self._nearest[kind, value] = next(iter(found), "")
        return self._nearest.get((kind, value), "")

    def holds_secret(self, device: Device) -> bool:
        """Say whether a device, with its site and credential as they stand in the object, is sent a stored secret."""
        return device.pk in self.tried or self.references.sends_secret(device)

    def typed(self, name: str, text: str) -> Any:
        """Return a text as the customer's data schema wants it: a number where that takes no text."""
        schema = self.references.schema
        declared = schema.get("properties", {}).get(name, {}) if isinstance(schema, Mapping) else {}
        kinds = declared.get("type", "string") if isinstance(declared, Mapping) else "string"
        if "string" in ([kinds] if isinstance(kinds, str) else kinds):
            return text
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return text if json_problem(value) else value


def columns_that_repoint(draft: DeviceDraft) -> list[str]:
    """Return the changed fields of a stored device that would send what it is sent elsewhere."""
    found = [name for name in draft.changed if name in REPOINTING]
    if "connection_options" in draft.changed:
        before = Device(connection_options=draft.before["connection_options"])
        if points_elsewhere(before, {"connection_options": draft.changed["connection_options"]}):
            found.append("connection_options")
    return found


def parts(items: Iterable[Any], size: int = _AT_ONCE) -> Iterator[list[Any]]:
    """Yield the items in parts that fit into one query."""
    waiting = iter(items)
    while part := list(islice(waiting, size)):
        yield part
