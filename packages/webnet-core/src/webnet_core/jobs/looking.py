"""`manage.py webnet jobs`: list, show, follow, cancel and retry jobs."""

from __future__ import annotations

import argparse
import json
import time
from typing import Any, TextIO

from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.exceptions import NotFound
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.following import exit_of_job
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.outputs import mask_params
from webnet_core.jobs.retry import retry_failed
from webnet_core.jobs.running import event_line, summary
from webnet_core.jobs.timeline import read_after
from webnet_core.plugins.items import JobStatus
from webnet_core.plugins.verbs import Exit, Verb, add_json, count, seconds
from webnet_core.terminal import write_json, write_table

_POLL_SECONDS = 0.5
_HEADS = ("ID", "TASK", "STATUS", "DEVICES", "OK", "FAILED", "BY", "ASKED FOR")
_HOST_HEADS = ("DEVICE", "STATUS", "DRIVER", "WHY")


def _arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="what", required=True)
    listed = verbs.add_parser("list", help="List jobs, the newest first.")
    listed.add_argument("--status", choices=[status.value for status in JobStatus])
    listed.add_argument("--task", default="", help="name of the task")
    listed.add_argument("--schedule", type=int, help="id of the schedule that made it")
    listed.add_argument("--limit", type=count, default=50, metavar="N", help="rows at most (50)")
    shown = verbs.add_parser("show", help="Show a job and its devices.")
    tail = verbs.add_parser("tail", help="Print a job's log; with --follow until it has ended.")
    tail.add_argument("--follow", "-f", action="store_true")
    tail.add_argument("--timeout", type=seconds, default=3600, metavar="SECONDS", help="longest to follow (3600)")
    tail.add_argument("--after", type=int, default=0, metavar="N", help="leave out events up to this number")
    ended = verbs.add_parser("cancel", help="Ask that a job end.")
    again = verbs.add_parser("retry", help="Make a new job for the devices that failed.")
    for each in (shown, tail, ended, again):
        each.add_argument("id", type=int)
    every = (listed, shown, tail, ended, again)
    add_acting(*every)
    add_json(*every)


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Do what was asked for; 3 where there is no such job."""
    user = acting_user(options)
    customer_id = acting_customer(user, options)
    rows = Job.objects.for_user(user).select_related("user").order_by("-pk")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if options.what == "list":
        return _list(rows, options, out)
    job = rows.filter(pk=options.id).first() if 0 < options.id < 2**63 else None
    if job is None:
        raise NotFound(f"There is no job {options.id} among those you may see.")
    if options.what == "cancel":
        return _say(cancel(user, job), options, out)
    if options.what == "retry":
        return _say(retry_failed(user, job, source="cli"), options, out)
    return (_show if options.what == "show" else _tail)(job, options, out)


def _list(rows: Any, options: argparse.Namespace, out: TextIO) -> int:
    wanted = {"status": options.status, "type": options.task or None, "schedule": options.schedule}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = list(rows.defer("targets")[: options.limit])
    if options.json:
        write_json(out, {"count": rows.count(), "jobs": [_told(job) for job in found]})
    else:
        write_table(out, _HEADS, [_row(job) for job in found])
    return Exit.DONE


def _show(job: Job, options: argparse.Namespace, out: TextIO) -> int:
    hosts = HostResult.objects.filter(job=job).order_by("device_name", "pk")
    if options.json:
        columns = ("device_name", "status", "driver", "reason", "error_category", "error", "message")
        write_json(out, _told(job) | {"hosts": list(hosts.values("device_id", *columns))})
        return Exit.DONE
    write_table(
        out, _HOST_HEADS, [(row.device_name, row.status, row.driver, row.error or row.message) for row in hosts]
    )
    out.write(f"{summary(job)}\n")
    return Exit.DONE


def _tail(job: Job, options: argparse.Namespace, out: TextIO) -> int:
    until, after = time.monotonic() + options.timeout, options.after
    while True:
        events, after, over = read_after(job.pk, after)
        out.writelines(f"{json.dumps(event) if options.json else event_line(event)}\n" for event in events)
        out.flush()
        if events:
            continue
        if over or not options.follow or time.monotonic() >= until:
            break
        time.sleep(_POLL_SECONDS)
    job.refresh_from_db()
    return exit_of_job(job) if options.follow else Exit.DONE


def _say(job: Job, options: argparse.Namespace, out: TextIO) -> int:
    if options.json:
        write_json(out, {"job_id": job.pk, "status": job.status})
    else:
        out.write(f"{summary(job)}\n")
    return Exit.DONE


def _row(job: Job) -> tuple[object, ...]:
    failed = job.failed + job.unreachable + job.unknown
    by = job.user.get_username() if job.user is not None else job.source
    return (job.pk, job.type, job.status, job.total, job.ok + job.changed, failed, by, f"{job.requested_at:%F %H:%M}")


def _told(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "customer_id": job.customer_id,
        "type": job.type,
        "risk": job.risk,
        "status": job.status,
        "progress": job.progress,
        "total": job.total,
        "counts": job.counts,
        "user": job.user.get_username() if job.user is not None else "",
        "source": job.source,
        "params": mask_params(job.params),
        "schedule_id": job.schedule_id,
        "requested_at": job.requested_at,
        "scheduled_for": job.scheduled_for,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "error": job.error,
    }


VERB = Verb(
    name="jobs",
    help="List jobs, show one, follow its log (tail), cancel or retry it.",
    add_arguments=_arguments,
    run=run,
)
