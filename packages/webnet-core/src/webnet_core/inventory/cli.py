"""`manage.py webnet devices`: the devices somebody sees, and one of them; beside it `import`."""

from __future__ import annotations

import argparse
from typing import Any, TextIO

from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.criteria import matching, parse_as
from webnet_core.inventory.devices import vendor_of
from webnet_core.inventory.groups import groups_of, in_group
from webnet_core.inventory.importing import cli as importing
from webnet_core.inventory.models import Device
from webnet_core.inventory.naming import add_filters, device_ids, named_filters
from webnet_core.inventory.tags import tags_of
from webnet_core.inventory.tags import told as words
from webnet_core.inventory.targets import Targets
from webnet_core.plugins.verbs import Exit, Verb, add_json, count
from webnet_core.terminal import plain, write_json, write_table

_HEADS = ("ID", "NAME", "ADDRESS", "PLATFORM", "SITE", "ROLE", "REACHABLE", "ENABLED")


def _arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="what", required=True)
    listed = verbs.add_parser("list", help="List devices.")
    add_filters(listed)
    listed.add_argument("--limit", type=count, default=1000, metavar="N", help="rows at most (1000)")
    shown = verbs.add_parser("show", help="Show one device.")
    shown.add_argument("name", help="host name or id")
    add_acting(listed, shown)
    add_json(listed, shown)


def run(options: argparse.Namespace, out: TextIO) -> int:
    """List devices or show one; 3 where there is none."""
    user = acting_user(options)
    customer_id = acting_customer(user, options)
    rows = Device.objects.for_user(user).select_related("site", "credential", "customer").order_by("hostname", "pk")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    return (_list if options.what == "list" else _show)(user, rows, options, out)


def _list(user: Any, rows: Any, options: argparse.Namespace, out: TextIO) -> int:
    if options.filter:
        rows = _narrowed(user, rows, named_filters(options))
    found = list(rows[: options.limit])
    if options.json:
        write_json(out, {"count": rows.count(), "devices": [_told(device) for device in found]})
    elif found:
        write_table(out, _HEADS, [_row(device) for device in found])
    else:
        out.write("No device matches.\n")
    return Exit.DONE if found else Exit.NOT_THERE


def _narrowed(user: Any, rows: Any, filters: dict[str, Any]) -> Any:
    wanted = parse_as(Targets, filters, "filter")
    rows = rows.filter(matching(wanted))
    if wanted.group is None:
        return rows
    condition = in_group(user, wanted.group)
    if condition is None:
        raise InvalidInput.at("filter", f"There is no group {wanted.group}.", "no_match")
    return rows.filter(condition)


def _show(user: Any, rows: Any, options: argparse.Namespace, out: TextIO) -> int:
    found = device_ids(user, None, [options.name], action="view")
    devices = list(rows.filter(pk__in=found))
    told = [_told(device) for device in devices]
    if not told:
        raise InvalidInput.at("device", f"No such device: {options.name}.", "unknown_device")
    if len(told) > 1:
        message = f"{len(told)} devices are called {options.name}: name the customer with --customer, or use the id."
        raise InvalidInput.at("device", message, "ambiguous")
    told[0]["tags"] = tags_of([devices[0].pk]).get(devices[0].pk, {})
    told[0]["groups"] = groups_of(devices).get(devices[0].pk, [])
    if options.json:
        write_json(out, told[0])
    else:
        told[0]["tags"] = ", ".join(words(told[0]["tags"]))
        told[0]["groups"] = ", ".join(told[0]["groups"])
        out.writelines(f"{name:<15} {plain('' if value is None else value)}\n" for name, value in told[0].items())
    return Exit.DONE


def _row(device: Device) -> tuple[object, ...]:
    return (
        device.pk,
        device.hostname,
        device.mgmt_ip if device.port == 22 else f"{device.mgmt_ip}:{device.port}",
        device.platform,
        device.site.name if device.site is not None else "",
        device.role,
        device.reachability,
        "yes" if device.enabled else "no",
    )


def _told(device: Device) -> dict[str, Any]:
    return {
        "id": device.pk,
        "hostname": device.hostname,
        "customer": device.customer.name,
        "mgmt_ip": device.mgmt_ip,
        "port": device.port,
        "vendor": vendor_of(device.platform),
        "platform": device.platform,
        "site": device.site.name if device.site is not None else None,
        "role": device.role,
        "credential": device.credential.name if device.credential is not None else None,
        "driver": device.driver,
        "enabled": device.enabled,
        "disabled_reason": device.disabled_reason,
        "reachability": device.reachability,
        "last_seen": device.last_seen,
        "last_error": device.last_error,
        "model": device.model,
        "os_version": device.os_version,
        "serial": device.serial,
    }


VERBS = (
    Verb(name="devices", help="List devices, or show one.", add_arguments=_arguments, run=run),
    importing.VERB,
)
