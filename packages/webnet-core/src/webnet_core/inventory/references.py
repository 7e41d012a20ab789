"""What a customer has that its devices may name, and what it asks of them; each is looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db import models

from webnet_core.exceptions import FieldError
from webnet_core.inventory.criteria import as_id
from webnet_core.inventory.dataschemas import data_errors, schema_of
from webnet_core.inventory.models import Device, Site, SiteCredential
from webnet_core.inventory.ranges import Network, address_problem, networks_of
from webnet_core.secrets.models import Credential

M = TypeVar("M", bound=models.Model)


class UnknownReference(Exception):
    """This customer has nothing of that name or id."""


class References:
    """Sites, credentials, IP ranges and the data schema of one customer, as of when each is first asked for.

    Make one for each act, a large one too: ten thousand devices at three sites are three look-ups.
    """

    def __init__(self, customer_id: int) -> None:
        self.customer_id = customer_id
        self._known: dict[tuple[type[models.Model], Any], models.Model | None] = {}

    @cached_property
    def networks(self) -> Sequence[Network]:
        """The customer's IP ranges; empty where every address is allowed."""
        return networks_of(self.customer_id)

    @cached_property
    def schema(self) -> Any:
        """The customer's data schema, or None."""
        return schema_of(self.customer_id)

    def site(self, value: Any) -> Site | None:
        """Return the site that `value` means: an id, a name, or the row itself.

        Raises:
            UnknownReference: the customer has no such site; a foreign one is as unknown as a missing one.
        """
        return self._find(Site, value)

    def credential(self, value: Any) -> Credential | None:
        """Return the credential that `value` means; see `site`."""
        return self._find(Credential, value)

    @cached_property
    def sites_with_credentials(self) -> frozenset[int]:
        """The sites whose credentials are tried on every device there."""
        rows = SiteCredential.objects.filter(site__customer_id=self.customer_id)
        return frozenset(rows.values_list("site_id", flat=True))

    def sends_secret(self, device: Device) -> bool:
        """Say whether a new device would be sent a stored secret."""
        if device.credential_id is not None:
            return True
        return device.site_id is not None and device.site_id in self.sites_with_credentials

    def address_errors(self, address: str) -> list[FieldError]:
        """Return what speaks against a device at this address."""
        problem = address_problem(address, self.networks)
        return [FieldError(path="mgmt_ip", message=problem, code="address")] if problem else []

    def data_errors(self, data: Any) -> list[FieldError]:
        """Return what of a device's data does not satisfy the customer's schema."""
        return data_errors(self.schema, data)

    def _find(self, model: type[M], value: Any) -> M | None:
        if value is None or value == "":
            return None
        key = (model, value.pk if isinstance(value, models.Model) else value)
        if key not in self._known:
            self._known[key] = self._look_up(model, value)
        found: Any = self._known[key]
        if found is None:
            raise UnknownReference
        return found  # type: ignore[no-any-return]

    def _look_up(self, model: type[M], value: Any) -> M | None:
        manager: Any = model.objects  # type: ignore[attr-defined]
        rows = manager.filter(customer_id=self.customer_id)
        if isinstance(value, models.Model):
            return rows.filter(pk=value.pk).first()  # type: ignore[no-any-return]
        if isinstance(value, int):
            return rows.filter(pk=value).first()  # type: ignore[no-any-return]
        found = rows.filter(name=value).first()
        number = as_id(str(value))
        return found or (rows.filter(pk=number).first() if number is not None else None)
