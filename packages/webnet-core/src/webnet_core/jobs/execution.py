"""Running one claimed shard: hand it to the executor, then close it, whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from webnet_core.audit.record import origin
from webnet_core.exceptions import ClaimLost, PluginHookError, WebnetError
from webnet_core.inventory import leases
from webnet_core.jobs.cancel import cancel_shard
from webnet_core.jobs.claims import Claim
from webnet_core.jobs.closing import close_shard, settle_hosts
from webnet_core.jobs.models import HostResult, Job, Shard, ShardState
from webnet_core.jobs.params import parse_params
from webnet_core.jobs.persistence import AWAY, persist
from webnet_core.jobs.postponing import refuse_lost_right
from webnet_core.jobs.reaper import interrupt, settle_change, take_back
from webnet_core.jobs.submit import task_of
from webnet_core.jobs.timeline import lock
from webnet_core.jobs.writer import JobWriter
from webnet_core.plugins.calls import decide
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, TaskSpec
from webnet_core.redact import current

log = logging.getLogger(__name__)

_OPEN_HOSTS = (HostStatus.PENDING.value, HostStatus.RUNNING.value)


@dataclass(kw_only=True, slots=True)
class ShardRun:
    """A claimed shard as its executor sees it. `hosts` are the results still open, devices loaded with them."""

    job: Job
    shard: Shard
    spec: TaskSpec[Any]
    params: BaseModel
    options: Mapping[str, Any]
    hosts: Sequence[HostResult]
    writer: JobWriter


def execute(claim: Claim, on_start: Callable[[JobWriter], None] | None = None) -> None:
    """Run a claimed shard to its end in the calling thread, which thereby becomes its control thread.

    Arguments:
        on_start: receives the writer, whose `stopping` may be set from another thread to end the run early.
    """
    shard = Shard.objects.select_related("job").get(pk=claim.shard_id)
    try:
        spec = task_of(shard.job)
        run = _prepare(claim, shard, spec)
    except WebnetError as error:
        _refuse(claim, shard, str(error))
        return
    if on_start is not None:
        on_start(run.writer)
    try:
        with origin(door=f"job {run.job.pk}"):
            _run(run)
    except Exception as error:  # noqa: BLE001 - the plugin boundary: a shard ends whatever its executor raises
        _end_badly(run, _cause(error))
    else:
        persist(lambda: _close(run), f"the end of {shard}")


def _cause(error: Exception) -> BaseException:
    """Return what the executor raised, which arrives as a plugin's failure."""
    return error.__cause__ if isinstance(error, PluginHookError) and error.__cause__ is not None else error


def _end_badly(run: ShardRun, error: BaseException) -> None:
    if isinstance(error, ClaimLost):
        log.warning("%s", error)
    elif isinstance(error, AWAY):
        # What is known lies in rows; the reaper tells from them what became of each host.
        raise error
    else:
        log.error("%s failed.", run.shard, exc_info=error)
        message = current().clean(f"{type(error).__name__}: {error}")
        persist(lambda: _close(run, error=message), f"the end of {run.shard}")


def _prepare(claim: Claim, shard: Shard, spec: TaskSpec[Any]) -> ShardRun:
    refuse_lost_right(shard.job)
    params = parse_params(spec, shard.job.params)
    _leave_out(shard)
    rows = HostResult.objects.filter(shard=shard, status=HostStatus.PENDING.value, device__isnull=False)
    hosts = list(rows.select_related("device__site", "device__credential", "device__customer").order_by("pk"))
    return ShardRun(
        job=shard.job,
        shard=shard,
        spec=spec,
        params=params,
        options=shard.job.options,
        hosts=hosts,
        writer=JobWriter(claim, shard.job, spec, hosts),
    )


def _leave_out(shard: Shard) -> None:
    """Skip devices that were deleted or disabled after the job was accepted."""
    pending = HostResult.objects.filter(shard=shard, status=HostStatus.PENDING.value)
    gone = pending.exclude(device__enabled=True).select_related("device")
    with transaction.atomic():
        lock(shard.job_id)
        settle_hosts(shard, {row.pk: _skipped(row) for row in gone})


def _skipped(row: HostResult) -> dict[str, str]:
    message = "The device was deleted after the job was accepted."
    if row.device is not None:
        reason = row.device.disabled_reason
        message = f"The device was disabled after the job was accepted{f': {reason}' if reason else ''}."
    return {"status": HostStatus.SKIPPED.value, "message": message}


def _run(run: ShardRun) -> None:
    try:
        if run.spec.scope == "job":
            _run_job_scope(run)
        elif run.hosts:
            decide("webnet_execute_shard", run=run)
    finally:
        run.writer.flush()


def _run_job_scope(run: ShardRun) -> None:
    def report(message: str, **about: Any) -> None:
        run.writer.log(message, **about)
        run.writer.flush_if_due()
        run.writer.heartbeat_if_due()

    outcome = run.spec.run(run.job, run.params, report)
    if not isinstance(outcome, Outcome):
        outcome = Outcome(status=HostStatus.OK)
    for row in run.hosts:
        run.writer.finished(row.device_id or 0, outcome)
    if not run.hosts:
        Job.objects.filter(pk=run.job.pk).update(ok=1 if outcome.status is HostStatus.OK else 0)


def _close(run: ShardRun, error: str = "") -> None:
    with transaction.atomic():
        job = lock(run.job.pk)
        if not run.writer.claim.holds():
            log.warning("%s was taken away before it closed.", run.shard)
        else:
            shard = Shard.objects.get(pk=run.shard.pk)
            left = list(HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS))
            _end_shard(run, job, shard, left, error)
            leases.release(run.writer.lease_holder, run.writer.leased)


def _end_shard(run: ShardRun, job: Job, shard: Shard, left: Sequence[HostResult], error: str) -> None:
    reads = shard.risk == "read"
    if not left:
        close_shard(shard, ShardState.DONE, error=error)
    elif job.cancel_requested_at is not None and (reads or all(row.attempts == 0 for row in left)):
        cancel_shard(shard)
    elif run.writer.stopping and reads and not error:
        take_back(shard, reason="its worker is stopping", count_attempt=False)
    elif run.writer.stopping:
        interrupt(shard, "its worker is stopping")
    else:
        _fail_left(shard, left, error or "The executor ended without a word about this host.")
        close_shard(shard, ShardState.DONE, error=error)


def _fail_left(shard: Shard, left: Sequence[HostResult], error: str) -> None:
    if shard.risk != "read":
        settle_hosts(shard, settle_change(left, f"the run ended with an error ({error})"))
        return
    columns = {
        "status": HostStatus.FAILED.value,
        "error_category": ErrorCategory.TASK_ERROR.value,
        "error": error,
    }
    settle_hosts(shard, {row.pk: columns for row in left})


def _refuse(claim: Claim, shard: Shard, reason: str) -> None:
    with transaction.atomic():
        lock(shard.job_id)
        if not claim.holds():
            return
        rows = list(HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS))
        _fail_left(shard, rows, reason)
        close_shard(shard, ShardState.DONE, error=reason)
