"""A plugin whose tasks contact nothing: each contact is a line in a file, so that tests can count them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from webnet_core.inventory import leases
from webnet_core.inventory.models import Device
from webnet_core.jobs.execution import ShardRun
from webnet_core.jobs.models import HostResult
from webnet_core.jobs.writer import JobWriter
from webnet_core.plugin import hookimpl
from webnet_core.plugins.items import CollectBatch, ErrorCategory, HostStatus, Outcome, Phase, PlanRow, TaskSpec

NAME = "proof"
PHASES = (Phase.LEASED, Phase.SAVED, Phase.SENDING, Phase.APPLIED, Phase.RECONNECTED, Phase.CHECKED, Phase.CONFIRMED)
ANSWERS = {
    "ok": Outcome(status=HostStatus.OK, text="up 3 days"),
    "changed": Outcome(status=HostStatus.CHANGED),
    "failed": Outcome(status=HostStatus.FAILED, error=ErrorCategory.CLI_ERROR, message="% Invalid input"),
    "unreachable": Outcome(status=HostStatus.UNREACHABLE, error=ErrorCategory.UNREACHABLE, message="no route"),
    "skipped": Outcome(status=HostStatus.SKIPPED, error=ErrorCategory.BUSY, message="busy"),
    "unknown": Outcome(status=HostStatus.UNKNOWN, error=ErrorCategory.CONNECTION_LOST, message="gone in mid-change"),
}


class ProofParams(BaseModel):
    """Where contacts are written down, how long each takes, which of them last until released, what each host answers,
    how far each change gets.
    """

    model_config = ConfigDict(extra="forbid")

    contacts: str = ""
    seconds: float = 0.0
    stay: list[str] = []
    answers: dict[str, str] = {}
    stop_at: dict[str, Phase] = {}
    bad: list[str] = []


def collect(batch: CollectBatch) -> None:
    """Refuse the whole batch when a host named in `bad` is in it."""
    names = {row.device_name for row in HostResult.objects.filter(pk__in=[item.result_id for item in batch.items])}
    note(batch.params["contacts"], f"collect {len(batch.items)}")
    if names & set(batch.params["bad"]):
        raise ValueError("this host's result does not fit")


def run_nothing(*_: Any) -> None:
    """Stand for a Nornir task: this plugin's executor does not call it."""


def _task(name: str, **fields: Any) -> TaskSpec[Any]:
    return TaskSpec(
        name=f"{NAME}.{name}", title=name, run=run_nothing, params=ProofParams, deadline=timedelta(minutes=1), **fields
    )


@hookimpl
def webnet_register_tasks() -> list[TaskSpec[Any]]:
    return [
        _task("read"),
        _task("login"),
        _task("change", risk="change"),
        _task("store", collect=collect),
        _task("raw", permission="config.view_raw"),
        _task("crash"),
    ]


@hookimpl
def webnet_plan_targets(task: TaskSpec[Any], devices: list[Any], options: Mapping[str, Any]) -> Any:
    if not task.name.startswith(NAME):
        return None
    driver = options.get("driver", "paper")
    return {device.pk: PlanRow(device_id=device.pk, driver=driver, reason="the only one") for device in devices}


@hookimpl
def webnet_execute_shard(run: ShardRun) -> Any:
    if run.spec.name == "proof.crash":
        raise RuntimeError("the executor has a bug")
    if not run.spec.name.startswith(NAME):
        return None
    handle = _change if run.spec.risk == "change" else _read
    for row in run.hosts:
        signals = run.writer.heartbeat_if_due()
        if signals.stopping or signals.cancel_requested_at is not None:
            return True
        if not handle(run, row):
            return True
    hang = run.spec.risk == "change" and bool(run.params.stop_at)
    while hang and not run.writer.heartbeat_if_due().stopping:
        time.sleep(0.05)
    return True


def note(path: str, line: str) -> None:
    """Append one line; a single write of this size is not interleaved with another process's."""
    if path:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{line}\n".encode())
        os.close(handle)


def notes(path: str | Path) -> list[str]:
    """Return the lines written down so far."""
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def _read(run: ShardRun, row: HostResult) -> bool:
    writer, params = run.writer, run.params
    writer.started(row.device_id, driver="paper", reason="the only one")
    writer.flush()
    if run.spec.name == "proof.login":
        Device.objects.get(pk=row.device_id).credential.reveal()
    note(params.contacts, f"contact {row.device_name}")
    if not _stay(writer, row.device_name, params):
        return False
    writer.log(f"{row.device_name} was read", device_id=row.device_id)
    writer.finished(row.device_id, ANSWERS[params.answers.get(row.device_name, "ok")])
    note(params.contacts, f"done {row.device_name}")
    writer.flush_if_due()
    return True


def release(contacts: str) -> None:
    """Let every read of a host named in `stay` go on, now and later."""
    Path(f"{contacts}.released").touch()


def _stay(writer: JobWriter, name: str, params: ProofParams) -> bool:
    """Take the time asked for, and where asked go on until released; False when the worker is told to stop."""
    until, released = time.monotonic() + params.seconds, Path(f"{params.contacts}.released")
    while time.monotonic() < until or (name in params.stay and not released.exists()):
        time.sleep(0.01)
        writer.flush_if_due()
        if writer.heartbeat_if_due().stopping:
            return False
    return True


def _change(run: ShardRun, row: HostResult) -> bool:
    writer, params = run.writer, run.params
    token = leases.acquire(row.device_id, writer.lease_holder, f"job {run.job.pk}")
    assert isinstance(token, int)
    writer.leased.add(row.device_id)
    last = params.stop_at.get(row.device_name)
    if last is Phase.NONE:
        note(params.contacts, f"reached {row.device_name} nothing")
        return True
    writer.started(row.device_id, driver="paper")
    for phase in PHASES:
        facts = {"revert_at": "2031-01-01T00:00:00Z"} if phase is Phase.SENDING else {}
        writer.checkpoint(row.device_id, phase, facts)
        if phase is Phase.SENDING:
            note(params.contacts, f"sent {row.device_name}")
        if phase is last:
            note(params.contacts, f"reached {row.device_name} {phase}")
            return True
    writer.finished(row.device_id, ANSWERS["changed"])
    writer.flush()
    return True
