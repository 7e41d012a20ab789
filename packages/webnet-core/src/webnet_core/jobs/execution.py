"""Running one claimed shard: hand it to the executor, then close it, whatever happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from webnet_core.exceptions import ClaimLost, WebnetError
from webnet_core.jobs.cancel import cancel_shard
from webnet_core.jobs.claims import Claim
from webnet_core.jobs.closing import close_shard, settle_hosts
from webnet_core.jobs.models import HostResult, Job, Shard, ShardState
from webnet_core.jobs.params import parse_params
from webnet_core.jobs.reaper import interrupt, settle_change, take_back
from webnet_core.jobs.submit import task_of
from webnet_core.jobs.timeline import lock
from webnet_core.jobs.writer import JobWriter
from webnet_core.plugins.calls import decide
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, TaskSpec

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
        _refuse(shard, str(error))
        return
    if on_start is not None:
        on_start(run.writer)
    try:
        _run(run)
    except ClaimLost as error:
        log.warning("%s", error)
    except Exception as error:
        log.exception("%s failed.", shard)
        _close(run, error=f"{type(error).__name__}: {error}")
    else:
        _close(run)


def _prepare(claim: Claim, shard: Shard, spec: TaskSpec[Any]) -> ShardRun:
    rows = HostResult.objects.filter(shard=shard, status=HostStatus.PENDING.value, device__isnull=False)
    hosts = list(rows.select_related("device__site", "device__credential", "device__customer").order_by("pk"))
    names = {row.device_id: row.device_name for row in hosts if row.device_id is not None}
    return ShardRun(
        job=shard.job,
        shard=shard,
        spec=spec,
        params=parse_params(spec, shard.job.params),
        options=shard.job.options,
        hosts=hosts,
        writer=JobWriter(claim, shard.job, spec, names),
    )


def _run(run: ShardRun) -> None:
    if run.spec.scope == "job":
        _run_job_scope(run)
    elif run.hosts:
        decide("webnet_execute_shard", run=run)
    run.writer.flush()


def _run_job_scope(run: ShardRun) -> None:
    outcome = run.spec.run(run.job, run.params, run.writer.log)
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
            return
        shard = Shard.objects.get(pk=run.shard.pk)
        left = HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS)
        if not left.exists():
            close_shard(shard, ShardState.DONE, error=error)
        elif job.cancel_requested_at is not None and not left.filter(status=HostStatus.RUNNING.value).exists():
            cancel_shard(shard)
        elif run.writer.stopping and shard.risk == "read" and not error:
            take_back(shard, reason="its worker is stopping", count_attempt=False)
        elif run.writer.stopping:
            interrupt(shard, "its worker is stopping")
        else:
            _fail_left(shard, list(left), error or "The executor ended without a word about this host.")
            close_shard(shard, ShardState.DONE, error=error)


def _fail_left(shard: Shard, left: Sequence[HostResult], error: str) -> None:
    if shard.risk != "read":
        settle_hosts(shard, settle_change(left, f"the run ended with an error ({error})"))
        return
    columns = {
        "status": HostStatus.FAILED.value,
        "error_category": ErrorCategory.TASK_ERROR.value,
        "error": error[:4000],
    }
    settle_hosts(shard, {row.pk: columns for row in left})


def _refuse(shard: Shard, reason: str) -> None:
    with transaction.atomic():
        lock(shard.job_id)
        rows = list(HostResult.objects.filter(shard=shard, status__in=_OPEN_HOSTS))
        _fail_left(shard, rows, reason)
        close_shard(shard, ShardState.DONE, error=reason)
