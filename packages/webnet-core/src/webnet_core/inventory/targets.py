"""From what the caller asked for to a frozen list of device ids. Unknown, empty or foreign targets are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.inventory.devices import platforms_of
from webnet_core.inventory.models import Device
from webnet_core.inventory.selections import read_selection
from webnet_core.storable import find_unstorable

FILTERS = ("site", "role", "platform", "vendor", "hostname")


class Targets(BaseModel):
    """Which devices are meant: ids, a frozen selection, filters joined by AND, or explicitly all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device_ids: list[int] | None = Field(default=None, max_length=100_000)
    selection: UUID | None = None
    site: str | int | None = None
    role: str | None = None
    platform: str | None = None
    vendor: str | None = None
    hostname: str | None = None
    all: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Targets:
        given = self.model_fields_set - {name for name in self.model_fields_set if getattr(self, name) is None}
        if not given or (given == {"all"} and not self.all):
            raise ValueError('No target was named: give device_ids, a filter, or {"all": true}.')
        if self.device_ids is not None and not self.device_ids:
            raise ValueError("device_ids is empty: name at least one device.")
        for name in FILTERS:
            if getattr(self, name) == "":
                raise ValueError(f"{name} is empty: leave it out, or name a value.")
            if find_unstorable(getattr(self, name)) is not None:
                raise ValueError(f"{name} holds a character that no name of anything here has.")
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedTargets:
    """Devices of exactly one customer, in the order of their names; `disabled` were asked for but are switched off."""

    customer_id: int
    device_ids: Sequence[int]
    disabled: Sequence[int] = ()


def resolve(
    user: Any, targets: Mapping[str, Any], *, customer_id: int | None = None, action: str = "jobs.run"
) -> ResolvedTargets:
    """Freeze `targets` to device ids of customers in which `user` may do `action`.

    Arguments:
        targets: see `Targets`; unknown keys are refused.
        customer_id: the customer meant, needed where the caller's targets would span several.

    Raises:
        InvalidInput: nothing named, an unknown key or id, no device matched, or more than one customer.
    """
    wanted = parse(targets)
    rows = Device.objects.for_user(user, action)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    selected = read_selection(user, wanted.selection) if wanted.selection is not None else None
    if selected is not None:
        rows = rows.filter(pk__in=selected)
        _refuse_shrunk(rows, selected)
    found = list(_narrow(rows, wanted).order_by("hostname", "pk").values_list("pk", "customer_id", "enabled"))
    _refuse_missing(wanted, {pk for pk, _, _ in found})
    if not found:
        raise InvalidInput.at("targets", "No device matches these targets.", "no_match")
    customers = {customer for _, customer, _ in found}
    if len(customers) > 1:
        message = f"The targets belong to {len(customers)} customers; name one with X-Customer-ID or customer_id."
        raise InvalidInput.at("targets", message, "several_customers")
    enabled = [pk for pk, _, on in found if on]
    if not enabled:
        raise InvalidInput.at("targets", "Every device that matches is disabled.", "all_disabled")
    disabled = [pk for pk, _, on in found if not on]
    return ResolvedTargets(customer_id=customers.pop(), device_ids=enabled, disabled=disabled)


def parse(targets: Mapping[str, Any]) -> Targets:
    """Validate the shape of `targets`.

    Raises:
        InvalidInput: with one error for each thing that is wrong.
    """
    try:
        return Targets.model_validate(dict(targets))
    except ValidationError as error:
        raise InvalidInput(errors=[_field_error(item) for item in error.errors(include_url=False)]) from error
    except (TypeError, ValueError) as error:
        raise InvalidInput.at("targets", "Targets are an object.", "type") from error


def _narrow(rows: ScopedQuerySet[Device], wanted: Targets) -> ScopedQuerySet[Device]:
    if wanted.device_ids is not None:
        rows = rows.filter(pk__in=_possible(wanted.device_ids))
    if isinstance(wanted.site, int):
        rows = rows.filter(site_id__in=_possible([wanted.site]))
    elif wanted.site is not None:
        by_id = _possible([int(wanted.site)]) if wanted.site.isdecimal() and len(wanted.site) < 20 else []
        rows = rows.filter(Q(site_id__in=by_id) | Q(site__name=wanted.site))
    if wanted.vendor is not None:
        rows = rows.filter(platform__in=platforms_of(wanted.vendor))
    for name in ("role", "platform", "hostname"):
        if (value := getattr(wanted, name)) is not None:
            rows = rows.filter(**{name: value})
    return rows


def _possible(ids: Iterable[int]) -> list[int]:
    return [value for value in ids if 0 < value < 2**63]


def _refuse_shrunk(rows: ScopedQuerySet[Device], selected: Sequence[int]) -> None:
    missing = len(set(selected)) - rows.count()
    if missing:
        message = f"{missing} devices of this selection are not there any more: select again."
        raise InvalidInput.at("targets.selection", message, "selection_changed")


def _refuse_missing(wanted: Targets, found: set[int]) -> None:
    if wanted.device_ids is None:
        return
    missing = sorted(set(wanted.device_ids) - found)
    if missing:
        listed = ", ".join(str(value) for value in missing[:10]) + (" …" if len(missing) > 10 else "")
        raise InvalidInput.at("targets.device_ids", f"No such device: {listed}.", "unknown_device")


def _field_error(item: Mapping[str, Any]) -> FieldError:
    path = ".".join(("targets", *map(str, item["loc"])))
    return FieldError(path=path, message=item["msg"].removeprefix("Value error, "), code=item["type"])
