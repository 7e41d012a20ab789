"""`manage.py webnet run TASK`: plan a task, or run it and see it through."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.naming import add_targets, named_targets
from webnet_core.jobs.catalogue import get_task
from webnet_core.jobs.following import exit_of_job, wait_for
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.outputs import read_data, read_output
from webnet_core.jobs.plan import RunPlan, plan
from webnet_core.jobs.submit import submit
from webnet_core.jobs.timeline import read_after
from webnet_core.plugins.items import TaskSpec
from webnet_core.plugins.verbs import Exit, Verb, seconds
from webnet_core.terminal import plain, write_json, write_table

LONGEST_WAIT = 3600.0


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", help="name of the task; GET /api/v1/tasks/ lists them")
    add_targets(parser)
    add_acting(parser)
    parser.add_argument("--param", action="append", default=[], metavar="KEY=VALUE", help="a parameter; repeatable")
    parser.add_argument("--driver", default="", help="this driver instead of the chosen ones")
    parser.add_argument("--workers", type=int, help="host threads a shard")
    parser.add_argument("--deadline", type=float, metavar="SECONDS", help="seconds per host")
    parser.add_argument("--plan", action="store_true", help="say which driver each device would get; run nothing")
    parser.add_argument("--token", default="", help="of a plan; needed where the task changes devices")
    parser.add_argument("--at", default="", metavar="TIME", help="not before, as 2027-01-31T22:00:00+01:00")
    parser.add_argument("--wait", action=argparse.BooleanOptionalAction, default=True, help="follow it to its end")
    parser.add_argument("--timeout", type=seconds, default=LONGEST_WAIT, metavar="SECONDS", help="longest wait (3600)")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Plan or submit what was asked for, and follow it where wanted."""
    user = acting_user(options)
    customer_id = acting_customer(user, options)
    spec = get_task(options.task)
    asked: dict[str, Any] = {
        "task": spec.name,
        "params": read_params(spec, options.param) if options.param or not options.token else None,
        "options": _options(options),
        "customer_id": customer_id,
    }
    if not options.token or options.device or options.filter or options.all:
        asked["targets"] = named_targets(user, customer_id, options)
    if options.plan:
        return _show_plan(plan(user, **asked), options, out)
    job = submit(user, **asked, token=options.token, source="cli", execute_at=options.at or None)
    if not options.json:
        out.write(f"Job {job.pk}: {plain(spec.title)} for {job.total} device{'s' * (job.total != 1)}.\n")
    if not options.wait or options.at:
        if options.json:
            write_json(out, {"job_id": job.pk, "status": job.status, "total": job.total})
        return Exit.DONE
    return follow(user, job, options, out)


def read_params(spec: TaskSpec[Any], given: list[str]) -> dict[str, Any]:
    """Return parameters as they were typed: a list takes each value, a text is taken as it is, all else is JSON.

    Raises:
        InvalidInput: one has no ``=``, or stands several times though it is no list.
    """
    properties: Mapping[str, Any] = spec.params.model_json_schema().get("properties", {})
    found: dict[str, Any] = {}
    for text in given:
        key, separator, raw = text.partition("=")
        if not separator:
            raise InvalidInput.at("param", f"{text!r}: write KEY=VALUE.", "param")
        kinds = _kinds(properties.get(key, {}))
        value = _value(raw, kinds)
        if "array" in kinds:
            found.setdefault(key, []).extend(value if isinstance(value, list) else [raw])
        elif key in found:
            raise InvalidInput.at(f"params.{key}", "This stands here twice and is no list.", "param")
        else:
            found[key] = value
    return found


def follow(user: Any, job: Job, options: argparse.Namespace, out: TextIO) -> int:
    """Print a job's events until it has ended or the time is over, then what became of each device."""
    teller = Teller(job.pk, out)
    where = wait_for(
        job,
        seconds=options.timeout,
        tell=lambda text: None if options.json else out.write(f"{text}\n"),
        look=lambda: None if options.json else teller.look(),
    )
    job.refresh_from_db()
    rows = HostResult.objects.filter(job=job).select_related("job", "device", "output").order_by("device_name", "pk")
    if options.json:
        hosts = [_host(user, row) for row in rows]
        write_json(
            out,
            {"job_id": job.pk, "status": job.status, "counts": job.counts, "error": job.error, "worked": where,
             "hosts": hosts},
        )  # fmt: skip
    else:
        _print_hosts(user, rows, out)
        out.write(f"{summary(job)}\n")
    return exit_of_job(job)


class Teller:
    """Prints the events of a job, each once."""

    def __init__(self, job_id: int, out: TextIO, after: int = 0) -> None:
        self.job_id, self.out, self.after = job_id, out, after

    def look(self) -> None:
        """Print what came since the last look."""
        while True:
            events, self.after, _ = read_after(self.job_id, self.after)
            self.out.writelines(f"{event_line(event)}\n" for event in events)
            if not events:
                break
        self.out.flush()


def event_line(event: Mapping[str, Any]) -> str:
    """Return an event as a line of a log."""
    host = f"{event['host']}: " if event["host"] else ""
    return plain(f"{event['ts'][11:19]} {event['level']:<7} {host}{event['message']}")


def summary(job: Job) -> str:
    """Return in a line how a job stands."""
    counts = ", ".join(f"{count} {name}" for name, count in job.counts.items() if count)
    reason = f" {plain(job.error)}" if job.error else ""
    state = job.status if job.finished else f"still {job.status}"
    return f"Job {job.pk}: {state} ({counts or 'nothing finished'}).{reason}"


def _kinds(schema: Mapping[str, Any]) -> frozenset[str]:
    choices = [schema, *schema.get("anyOf", ())]
    return frozenset(str(choice["type"]) for choice in choices if "type" in choice)


def _value(raw: str, kinds: frozenset[str]) -> Any:
    if kinds <= {"string", "null"} and kinds:
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _options(options: argparse.Namespace) -> dict[str, Any] | None:
    given = {"driver": options.driver or None, "workers": options.workers, "deadline": options.deadline}
    found = {name: value for name, value in given.items() if value is not None}
    return found or None


def _show_plan(made: RunPlan, options: argparse.Namespace, out: TextIO) -> int:
    reached = [row for row in made.rows if row.driver is not None and not row.excluded]
    if options.json:
        rows = [{**asdict(row), "hostname": made.hostnames.get(row.device_id, "")} for row in made.rows]
        told = {"task": made.task, "risk": made.risk, "customer_id": made.customer_id, "rows": rows}
        write_json(out, {**told, "token": made.token, "expires_at": made.expires_at})
    else:
        lines = [
            (made.hostnames.get(row.device_id, ""), row.driver or "-", row.excluded or row.reason,
             ", ".join(row.fallbacks), "; ".join(row.warnings))
            for row in made.rows
        ]  # fmt: skip
        write_table(out, ("DEVICE", "DRIVER", "WHY", "FALLBACKS", "WARNINGS"), lines)
        if made.risk != "read":
            out.write(f"--token {made.token}\n(until {made.expires_at:%H:%M:%S %Z})\n")
    return Exit.DONE if reached else Exit.FAILED


def _print_hosts(user: Any, rows: Any, out: TextIO) -> None:
    for row in rows:
        out.write(f"== {row.device_name}: {row.status} {plain(row.error or row.message)}".rstrip() + "\n")
        out.writelines(f"{plain(line)}\n" for line in read_output(user, row).splitlines())


def _host(user: Any, row: HostResult) -> dict[str, Any]:
    return {
        "device": row.device_id,
        "name": row.device_name,
        "status": row.status,
        "driver": row.driver,
        "message": row.message,
        "error": row.error,
        "error_category": row.error_category,
        "data": read_data(user, row),
        "output": read_output(user, row),
    }


VERB = Verb(
    name="run",
    help="Run a task on devices and follow it, or say with --plan which driver each would get.",
    add_arguments=_arguments,
    run=run,
)
