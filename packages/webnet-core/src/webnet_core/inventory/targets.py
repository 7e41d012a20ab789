"""From what the caller asked for to a frozen list of device ids. Unknown, empty or foreign targets are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StrictInt, model_validator

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.criteria import FILTERS, Criteria, matching, parse_as, possible_ids
from webnet_core.inventory.groups import in_group
from webnet_core.inventory.models import Device
from webnet_core.inventory.selections import read_selection

_NAMED = 5


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("This is an id, not true or false.")  # noqa: TRY004 - what pydantic asks for
    return value


Id = Annotated[int, BeforeValidator(_no_truth)]


class Targets(Criteria):
    """Which devices are meant: ids, a frozen selection, a group, filters joined by AND, or explicitly all."""

    device_ids: list[Id] | None = Field(default=None, max_length=100_000)
    selection: UUID | None = None
    group: str | StrictInt | None = None

    @model_validator(mode="after")
    def _names_a_device(self) -> Targets:
        if self.device_ids == []:
            raise ValueError("device_ids is empty: name at least one device.")
        return self

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what may be named besides all."""
        return ("device_ids", "selection", "group", *FILTERS)


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedTargets:
    """Devices of exactly one customer, in the order of their names; `disabled` were asked for but are switched off."""

    customer_id: int
    device_ids: Sequence[int]
    disabled: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """Devices of exactly one customer, in the order of their names: (id, whether it is enabled)."""

    customer_id: int
    devices: Sequence[tuple[int, bool]]


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
    found = match(user, targets, customer_id=customer_id, action=action)
    enabled = [pk for pk, on in found.devices if on]
    disabled = [pk for pk, on in found.devices if not on]
    if not enabled:
        message = f"Every device that matches is disabled: {why_disabled(disabled)}."
        raise InvalidInput.at("targets", message, "all_disabled")
    return ResolvedTargets(customer_id=found.customer_id, device_ids=enabled, disabled=disabled)


def match(user: Any, targets: Mapping[str, Any], *, customer_id: int | None = None, action: str = "view") -> Matched:
    """Return the devices that `targets` means, enabled or not; see `resolve`."""
    wanted = parse(targets)
    rows = Device.objects.for_user(user, action)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    rows = _narrow(user, rows, wanted, action)
    found = list(rows.order_by("hostname", "pk").values_list("pk", "customer_id", "enabled"))
    _refuse_missing(wanted, {pk for pk, _, _ in found})
    if not found:
        raise InvalidInput.at("targets", "No device matches these targets.", "no_match")
    customers = {customer for _, customer, _ in found}
    if len(customers) > 1:
        message = f"The targets belong to {len(customers)} customers; name one with X-Customer-ID or customer_id."
        raise InvalidInput.at("targets", message, "several_customers")
    return Matched(customer_id=customers.pop(), devices=[(pk, on) for pk, _, on in found])


def why_disabled(device_ids: Sequence[int]) -> str:
    """Return the names of disabled devices, the first five with the reason that somebody gave."""
    rows = Device.objects.filter(pk__in=list(device_ids)[:_NAMED]).order_by("hostname", "pk")
    named = ", ".join(f"{row.hostname} ({row.disabled_reason or 'no reason given'})" for row in rows)
    return f"{named} and {len(device_ids) - _NAMED} more" if len(device_ids) > _NAMED else named


def parse(targets: Mapping[str, Any]) -> Targets:
    """Validate the shape of `targets`.

    Raises:
        InvalidInput: with one error for each thing that is wrong.
    """
    return parse_as(Targets, targets, "targets")


def _narrow(user: Any, rows: ScopedQuerySet[Device], wanted: Targets, action: str) -> ScopedQuerySet[Device]:
    if wanted.selection is not None:
        selected = read_selection(user, wanted.selection)
        rows = rows.filter(pk__in=selected)
        _refuse_shrunk(rows, selected)
    if wanted.group is not None:
        inside = in_group(user, wanted.group, action=action)
        if inside is None:
            raise InvalidInput.at("targets.group", f"There is no group {wanted.group}.", "unknown_group")
        rows = rows.filter(inside)
    if wanted.device_ids is not None:
        rows = rows.filter(pk__in=possible_ids(wanted.device_ids))
    return rows.filter(matching(wanted))


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
