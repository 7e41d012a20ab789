"""`manage.py webnet schedules`: list, show, run by hand, pause and resume schedules."""

from __future__ import annotations

import argparse
import json
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.exceptions import InvalidInput, NotFound
from webnet_core.jobs.firing import run_now
from webnet_core.jobs.models import Schedule
from webnet_core.jobs.outputs import mask_params
from webnet_core.jobs.schedules import find_schedules, pause_schedule, preview_of, resume_schedule
from webnet_core.moments import with_offset
from webnet_core.plugins.verbs import Exit, Verb, add_json
from webnet_core.terminal import plain, write_json, write_table

_HEADS = ("ID", "NAME", "TASK", "WHEN", "NEXT (UTC)", "OWNER", "STATE")


def _arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="what", required=True)
    listed = verbs.add_parser("list", help="List schedules.")
    shown = verbs.add_parser("show", help="Show a schedule and its next times.")
    now = verbs.add_parser("run", help="Submit its task once, now and with the rights of --user.")
    pause = verbs.add_parser("pause", help="Let it make no more jobs until it is resumed.")
    pause.add_argument("--reason", default="", help="why; others see it")
    resume = verbs.add_parser("resume", help="Let it run again; it belongs to --user then.")
    for each in (shown, now, pause, resume):
        each.add_argument("id", type=int)
    every = (listed, shown, now, pause, resume)
    add_acting(*every)
    add_json(*every)


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Do what was asked for; 3 where there is no such schedule."""
    user = acting_user(options)
    customer_id = acting_customer(user, options)
    rows = find_schedules(user, {})
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if options.what == "list":
        return _list(list(rows), options, out)
    schedule = rows.filter(pk=options.id).first() if 0 < options.id < 2**63 else None
    if schedule is None:
        raise NotFound(f"There is no schedule {options.id} among those you may see.")
    if options.what == "run":
        job = run_now(user, schedule)
        if options.json:
            write_json(out, {"job_id": job.pk, "status": job.status, "total": job.total})
        else:
            out.write(f"Job {job.pk}: {plain(schedule)}, {job.total} device{'s' * (job.total != 1)}.\n")
        return Exit.DONE
    if options.what == "pause":
        schedule = pause_schedule(user, schedule, options.reason)
    elif options.what == "resume":
        schedule = resume_schedule(user, schedule)
    return _show(schedule, options, out)


def _list(found: list[Schedule], options: argparse.Namespace, out: TextIO) -> int:
    if options.json:
        write_json(out, {"count": len(found), "schedules": [_told(schedule) for schedule in found]})
    else:
        write_table(out, _HEADS, [_row(schedule) for schedule in found])
    return Exit.DONE


def _show(schedule: Schedule, options: argparse.Namespace, out: TextIO) -> int:
    zone, runs = ZoneInfo(schedule.time_zone), preview_of(schedule).runs
    told = _told(schedule) | {"runs": [due.astimezone(zone).isoformat(timespec="minutes") for due in runs]}
    if options.json:
        write_json(out, told)
    else:
        out.writelines(f"{name:<13} {_line(value)}\n" for name, value in told.items())
    return Exit.DONE


def _line(value: Any) -> str:
    if isinstance(value, list):
        return plain(", ".join(map(str, value)))
    return plain(json.dumps(value) if isinstance(value, dict) else "" if value is None else value)


def _when(schedule: Schedule) -> str:
    try:
        return preview_of(schedule).description
    except InvalidInput as error:
        return error.message


def _row(schedule: Schedule) -> tuple[object, ...]:
    due = "" if schedule.next_due is None else f"{with_offset(schedule.next_due):%F %H:%M}"
    state = f"paused: {schedule.pause_reason}" if schedule.paused else "active"
    return (schedule.pk, schedule.name, schedule.task, _when(schedule), due, _owner(schedule), state)


def _owner(schedule: Schedule) -> str:
    return schedule.owner.get_username() if schedule.owner is not None else ""


def _told(schedule: Schedule) -> dict[str, Any]:
    columns = ("id", "customer_id", "name", "task", "targets", "cron", "interval", "time_zone", "overlap", "grace")
    state = ("paused", "pause_reason", "next_due", "last_due", "last_note", "last_job_id")
    return {
        **{name: getattr(schedule, name) for name in columns},
        "params": mask_params(schedule.params),
        "description": _when(schedule),
        "owner": _owner(schedule),
        **{name: getattr(schedule, name) for name in state},
    }


VERB = Verb(
    name="schedules",
    help="List schedules, show one, run it by hand, pause or resume it.",
    add_arguments=_arguments,
    run=run,
)
