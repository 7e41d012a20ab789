"""`manage.py webnet backup`: back up configurations from a terminal or from cron, also where no web process runs.

Exit codes: 0 all went well, 1 some devices failed, 2 wrong usage, 3 no device matched, 4 no device was reachable.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from django.contrib.auth import get_user_model
from django.db.models import Q

from webnet_config.tasks import BACKUP_CONFIG
from webnet_config.waiting import wait_for
from webnet_core.access.models import Customer
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.models import Device
from webnet_core.inventory.targets import FILTERS
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.submit import submit
from webnet_core.plugins.items import HostStatus, JobStatus
from webnet_core.plugins.verbs import Verb

DONE: Final = 0
SOME_FAILED: Final = 1
NOTHING_MATCHED: Final = 3
ALL_UNREACHABLE: Final = 4
_NO_MATCH = frozenset({"no_match", "unknown_device", "all_disabled"})


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    targets = parser.add_argument_group("devices")
    targets.add_argument("--device", action="append", default=[], metavar="NAME", help="host name or id; repeatable")
    targets.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help=f"{', '.join(FILTERS)}; several are joined by AND",
    )
    targets.add_argument("--all", action="store_true", help="every device")
    parser.add_argument("--customer", default="", help="name or id, where the devices could be of several")
    parser.add_argument("--user", required=True, metavar="NAME", help="who asks; their rights hold")
    parser.add_argument("--driver", default="", help="this driver instead of the chosen ones")
    parser.add_argument("--wait", action="store_true", help="wait for the end, working here if no worker runs")
    parser.add_argument("--timeout", type=float, default=3600, metavar="SECONDS", help="longest wait (3600)")


def run_backup(options: argparse.Namespace, out: TextIO) -> int:
    """Submit a backup and, where asked to, see it through.

    Raises:
        InvalidInput: The options do not fit together, or name what is not there.
        PermissionDenied: The user may not run jobs.
    """
    user = _user(options.user)
    customer_id = _customer(user, options.customer)
    try:
        job = submit(
            user,
            task=BACKUP_CONFIG.name,
            targets=_targets(user, customer_id, options),
            options={"driver": options.driver} if options.driver else {},
            customer_id=customer_id,
            source="cli",
        )
    except InvalidInput as error:
        if {problem.code for problem in error.errors} & _NO_MATCH:
            return _say_nothing_matched(options, out, error)
        raise
    if not options.json:
        out.write(f"Job {job.pk}: {BACKUP_CONFIG.title.lower()} of {job.total} devices.\n")
    if not options.wait:
        if options.json:
            _write_json(out, {"job_id": job.pk, "status": job.status, "total": job.total})
        return DONE
    where = wait_for(job, seconds=options.timeout, tell=lambda text: None if options.json else out.write(f"{text}\n"))
    return _report(job, where, options, out)


def _user(name: str) -> Any:
    model = get_user_model()
    found = model.objects.filter(**{model.USERNAME_FIELD: name}).first()
    if found is None or not found.is_active:
        raise InvalidInput.at("user", f"There is no active user {name!r}.", "unknown_user")
    return found


def _customer(user: Any, wanted: str) -> int | None:
    if not wanted:
        return None
    by_id = Q(pk=int(wanted)) if wanted.isdecimal() and len(wanted) < 18 else Q()
    found = Customer.objects.for_user(user).filter(Q(name=wanted) | by_id if by_id else Q(name=wanted)).first()
    if found is None:
        raise InvalidInput.at("customer", f"There is no customer {wanted!r} that you may see.", "unknown_customer")
    return int(found.pk)


def _targets(user: Any, customer_id: int | None, options: argparse.Namespace) -> Mapping[str, Any]:
    given = [bool(options.device), bool(options.filter), options.all]
    if given.count(True) != 1:
        raise InvalidInput.at("targets", "Name devices in one way: --device, --filter or --all.", "targets")
    if options.all:
        return {"all": True}
    if options.filter:
        return dict(_pair(text) for text in options.filter)
    return {"device_ids": _device_ids(user, customer_id, options.device)}


def _pair(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator or key not in FILTERS or not value:
        raise InvalidInput.at("filter", f"{text!r}: write KEY=VALUE, with KEY one of {', '.join(FILTERS)}.", "filter")
    return key, value


def _device_ids(user: Any, customer_id: int | None, names: Sequence[str]) -> list[int]:
    rows = Device.objects.for_user(user, "jobs.run")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    ids = [int(name) for name in names if name.isdecimal() and len(name) < 18]
    found = list(rows.filter(Q(hostname__in=names) | Q(pk__in=ids)).values_list("pk", "hostname"))
    known = {name for pk, hostname in found for name in (str(pk), hostname)}
    if missing := [name for name in names if name not in known]:
        raise InvalidInput.at("device", f"No such device: {', '.join(missing)}.", "unknown_device")
    return [pk for pk, _ in found]


def _say_nothing_matched(options: argparse.Namespace, out: TextIO, error: InvalidInput) -> int:
    if options.json:
        _write_json(out, {"job_id": None, "error": error.message})
    else:
        out.write(f"{error.message}\n")
    return NOTHING_MATCHED


def _report(job: Job, where: str, options: argparse.Namespace, out: TextIO) -> int:
    job.refresh_from_db()
    rows = list(HostResult.objects.filter(job=job).order_by("device_name"))
    if options.json:
        hosts = [_host(row) for row in rows]
        _write_json(
            out, {"job_id": job.pk, "status": job.status, "counts": job.counts, "worked": where, "hosts": hosts}
        )
    else:
        for row in rows:
            out.write(f"  {row.device_name:<24} {row.status:<12} {_plain(row.error or row.message)}\n")
        counts = ", ".join(f"{count} {name}" for name, count in job.counts.items() if count)
        out.write(
            f"Job {job.pk}: {job.status if job.finished else 'still running'} ({counts or 'nothing finished'}).\n"
        )
    return _exit_code(job)


def _host(row: HostResult) -> Mapping[str, Any]:
    result = (row.data or {}).get("result") or {}
    return {
        "device": row.device_id,
        "name": row.device_name,
        "status": row.status,
        "changed": bool(result.get("changed")),
        "snapshot_id": result.get("snapshot_id"),
        "message": row.message,
        "error": row.error,
        "error_category": row.error_category,
    }


def _exit_code(job: Job) -> int:
    if job.status == JobStatus.SUCCESS.value:
        return DONE
    unreachable = HostResult.objects.filter(job=job, status=HostStatus.UNREACHABLE.value).count()
    return ALL_UNREACHABLE if job.finished and unreachable == job.total else SOME_FAILED


def _write_json(out: TextIO, data: Mapping[str, Any]) -> None:
    out.write(f"{json.dumps(data, indent=2)}\n")


def _plain(text: str) -> str:
    """`text` for a terminal: what a device wrote must not move its cursor."""
    return "".join(character if character.isprintable() else " " for character in text)


VERBS = (
    Verb(
        name="backup",
        help="Back up configurations; exits 1 if some failed, 3 if no device matched, 4 if none was reachable.",
        run=run_backup,
        add_arguments=_backup_arguments,
    ),
)
