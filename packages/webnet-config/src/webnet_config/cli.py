"""`manage.py webnet backup`: back up configurations from a terminal or from cron, also where no web process runs.

It is short for ``run backup_config``, says what was stored of each device, and ends as every verb does.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, TextIO

from webnet_config.tasks import BACKUP_CONFIG
from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.inventory.naming import add_targets, named_targets
from webnet_core.jobs.following import exit_of_job, wait_for
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.running import summary
from webnet_core.jobs.submit import submit
from webnet_core.plugins.verbs import Exit, Verb, seconds
from webnet_core.terminal import plain, write_json


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    add_targets(parser)
    add_acting(parser)
    parser.add_argument("--driver", default="", help="this driver instead of the chosen ones")
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="wait for the end, working here if no worker runs",
    )
    parser.add_argument("--timeout", type=seconds, default=3600, metavar="SECONDS", help="longest wait (3600)")


def run_backup(options: argparse.Namespace, out: TextIO) -> int:
    """Submit a backup and, where asked to, see it through.

    Raises:
        InvalidInput: The options do not fit together, or name what is not there.
        PermissionDenied: The user may not run jobs.
    """
    user = acting_user(options)
    customer_id = acting_customer(user, options)
    job = submit(
        user,
        task=BACKUP_CONFIG.name,
        targets=named_targets(user, customer_id, options),
        options={"driver": options.driver} if options.driver else {},
        customer_id=customer_id,
        source="cli",
    )
    if not options.json:
        out.write(f"Job {job.pk}: {BACKUP_CONFIG.title.lower()} of {job.total} device{'s' * (job.total != 1)}.\n")
    if not options.wait:
        if options.json:
            write_json(out, {"job_id": job.pk, "status": job.status, "total": job.total})
        return Exit.DONE
    where = wait_for(job, seconds=options.timeout, tell=lambda text: None if options.json else out.write(f"{text}\n"))
    return _report(job, where, options, out)


def _report(job: Job, where: str, options: argparse.Namespace, out: TextIO) -> int:
    job.refresh_from_db()
    rows = list(HostResult.objects.filter(job=job).order_by("device_name"))
    if options.json:
        hosts = [_host(row) for row in rows]
        write_json(out, {"job_id": job.pk, "status": job.status, "counts": job.counts, "worked": where, "hosts": hosts})
    else:
        for row in rows:
            out.write(f"  {row.device_name:<24} {row.status:<12} {plain(row.error or row.message)}\n")
        out.write(f"{summary(job)}\n")
    return exit_of_job(job)


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


VERBS = (
    Verb(
        name="backup",
        help="Back up configurations of devices.",
        run=run_backup,
        add_arguments=_backup_arguments,
    ),
)
