"""How devices are named on a command line: one by one, by filters, or all."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.criteria import FILTERS, as_id
from webnet_core.inventory.models import Device

KEYS = (*FILTERS, "group")


def add_targets(parser: argparse.ArgumentParser) -> None:
    """Let a verb name devices."""
    targets = parser.add_argument_group("devices")
    targets.add_argument("--device", action="append", default=[], metavar="NAME", help="host name or id; repeatable")
    add_filters(targets)
    targets.add_argument("--all", action="store_true", help="every device")


def add_filters(parser: Any) -> None:
    """Let a verb narrow devices."""
    keys = ", ".join(KEYS)
    parser.add_argument(
        "--filter", action="append", default=[], metavar="KEY=VALUE", help=f"{keys}; several are joined by AND"
    )


def named_targets(user: Any, customer_id: int | None, options: argparse.Namespace) -> Mapping[str, Any]:
    """Return the targets that were named, as a submission takes them.

    Raises:
        InvalidInput: they were named in no way or in several, or there is no such device.
    """
    given = [bool(options.device), bool(options.filter), options.all]
    if given.count(True) != 1:
        raise InvalidInput.at("targets", "Name devices in one way: --device, --filter or --all.", "targets")
    if options.all:
        return {"all": True}
    if options.filter:
        return named_filters(options)
    return {"device_ids": device_ids(user, customer_id, options.device)}


def named_filters(options: argparse.Namespace) -> dict[str, Any]:
    """Return what ``--filter`` said; a key that stands several times has a list.

    Raises:
        InvalidInput: one of them cannot be meant.
    """
    found: dict[str, Any] = {}
    for text in options.filter:
        key, separator, value = text.partition("=")
        if not separator or key not in KEYS or not value:
            message = f"{text!r}: write KEY=VALUE, with KEY one of {', '.join(KEYS)}."
            raise InvalidInput.at("filter", message, "filter")
        if key == "tag":
            found.setdefault("tag", []).append(value)
        elif key in found:
            raise InvalidInput.at("filter", f"{key} stands here twice; no device can match both.", "filter")
        else:
            found[key] = value
    return found


def device_ids(user: Any, customer_id: int | None, names: Sequence[str], *, action: str = "jobs.run") -> list[int]:
    """Return the ids of the devices of these names or ids.

    Raises:
        InvalidInput: one is not among those the user may do `action` with.
    """
    rows = Device.objects.for_user(user, action)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    ids = [number for name in names if (number := as_id(name)) is not None]
    found = list(rows.filter(Q(hostname__in=names) | Q(pk__in=ids)).values_list("pk", "hostname"))
    known = {name for pk, hostname in found for name in (str(pk), hostname)}
    if missing := [name for name in names if name not in known]:
        raise InvalidInput.at("device", f"No such device: {', '.join(missing)}.", "unknown_device")
    return [pk for pk, _ in found]
