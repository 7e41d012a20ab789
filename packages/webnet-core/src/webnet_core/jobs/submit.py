"""The one way in: from what was asked for to a job in the table, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from webnet_core.access.guard_triggers import refusal
from webnet_core.access.validation import Overtaken, was_overtaken
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import Conflict, InvalidInput, SubmissionRefused
from webnet_core.inventory.models import Device
from webnet_core.inventory.targets import resolve, why_disabled
from webnet_core.jobs.catalogue import get_task, permission_of
from webnet_core.jobs.models import HostResult, Job, Schedule, Shard
from webnet_core.jobs.params import parse_options, parse_params
from webnet_core.jobs.plan import Frozen, allowed_task, open_token
from webnet_core.jobs.postponing import parse_execute_at, refuse_unreachable
from webnet_core.jobs.queue import ring_after_commit
from webnet_core.jobs.shards import DEFAULT_QUEUE, Cut, cut
from webnet_core.jobs.timeline import Note, add_events
from webnet_core.moments import as_stored, with_offset
from webnet_core.plugins.calls import guard
from webnet_core.plugins.items import Draft, JobStatus, TaskSpec


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    targets: Mapping[str, Any] | None
    params: Mapping[str, Any] | None
    options: Mapping[str, Any] | None
    customer_id: int | None
    token: str
    execute_at: datetime | None


def submit(
    user: Any,
    *,
    task: str,
    targets: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    customer_id: int | None = None,
    token: str = "",
    source: str = "api",
    submission_id: UUID | None = None,
    execute_at: datetime | str | None = None,
) -> Job:
    """Accept a job, or refuse it and leave nothing behind.

    Arguments:
        targets: see `inventory.targets.Targets`; may be left out where `token` says which devices.
        token: from `plan()`; needed for a task whose risk is above ``read``, and then binding.
        submission_id: the same id again returns the job it made in that customer the first time; for another run it is
            a conflict.
        execute_at: run not before this moment, which says its offset from UTC. The devices are frozen now; whoever
            submits must still have the right then.

    Raises:
        InvalidInput: unknown task, bad parameters, targets, token or time.
        PermissionDenied: the user may not run this task.
        Conflict: this submission id was used for another run of the customer's.
        SubmissionRefused: a guard said no; it lists every reason.
    """
    spec = allowed_task(user, task)
    moment = None if execute_at is None else parse_execute_at(execute_at)
    asked = _Asked(
        targets=targets, params=params, options=options, customer_id=customer_id, token=token, execute_at=moment
    )
    if submission_id is not None and (earlier := _earlier(user, submission_id, customer_id)):
        return _same(earlier, spec, asked)
    if moment is not None:
        refuse_unreachable(moment)
    frozen = _from_token(user, spec, asked) if token else _freeze(user, spec, asked)
    try:
        return create_job(user, spec, frozen, source=source, submission_id=submission_id, execute_at=moment)
    except IntegrityError as error:
        if submission_id is not None and (earlier := _earlier(user, submission_id, frozen.customer_id)):
            return _same(earlier, spec, asked)
        if refused := refusal(error) or (Overtaken() if was_overtaken(error) else None):
            raise refused from error
        raise


def create_job(
    user: Any,
    spec: TaskSpec[Any],
    frozen: Frozen,
    *,
    source: str,
    submission_id: UUID | None = None,
    retry_of: Job | None = None,
    execute_at: datetime | None = None,
    schedule: Schedule | None = None,
    due_at: datetime | None = None,
) -> Job:
    """Write job, host rows, shards, first event and audit row in one transaction; ring when it commits."""
    found = Device.objects.filter(pk__in=frozen.device_ids).select_related("site")
    devices = list(found.only("hostname", "site", "site__queue").order_by("hostname", "pk"))
    if gone := len(set(frozen.device_ids)) - len(devices):
        raise Overtaken(f"{gone} of these devices were removed just now; look again, then repeat it.")
    with transaction.atomic():
        job = Job.objects.create(
            customer_id=frozen.customer_id,
            type=spec.name,
            risk=spec.risk,
            status=JobStatus.QUEUED if execute_at is None else JobStatus.SCHEDULED,
            scheduled_for=None if execute_at is None else as_stored(execute_at),
            user=user if getattr(user, "is_authenticated", False) else None,
            source=source,
            params=dict(frozen.params),
            options=dict(frozen.options),
            targets={"device_ids": [device.pk for device in devices]},
            submission_id=submission_id,
            retry_of=retry_of,
            schedule=schedule,
            due_at=due_at,
            total=len(devices),
        )
        _refuse_vetoed(user, spec, frozen, source)
        shards = _create_shards(job, spec, devices)
        notes = [
            Note(kind="job", message=f"{spec.title} accepted for {len(devices)} device{'s' * (len(devices) != 1)}")
        ]
        if frozen.disabled:
            left_out = f"left out because disabled: {why_disabled(frozen.disabled)}"
            notes.append(Note(kind="job", message=left_out, level="warning"))
        add_events(job.pk, notes)
        record(user, "jobs.submit", job, data=_told(job))
        if execute_at is None:
            ring_after_commit(shards)
    job.refresh_from_db()
    return job


def _told(job: Job) -> dict[str, Any]:
    """Return what the audit is told of a job."""
    also = {"retry_of": job.retry_of_id, "schedule": job.schedule_id, "execute_at": job.scheduled_for}
    told = {"task": job.type, "risk": job.risk, "devices": job.total, "source": job.source}
    return told | {name: value for name, value in also.items() if value is not None}


def _freeze(user: Any, spec: TaskSpec[Any], asked: _Asked) -> Frozen:
    if spec.risk != "read":
        message = f"{spec.name} changes devices: plan it first and send the plan's token."
        raise InvalidInput.at("token", message, "plan_required")
    targets = asked.targets if asked.targets is not None else {}
    found = resolve(user, targets, customer_id=asked.customer_id, action=permission_of(spec))
    return Frozen(
        task=spec.name,
        customer_id=found.customer_id,
        device_ids=found.device_ids,
        params=parse_params(spec, asked.params).model_dump(mode="json"),
        options=parse_options(asked.options).model_dump(mode="json", exclude_none=True),
        disabled=found.disabled,
    )


def _from_token(user: Any, spec: TaskSpec[Any], asked: _Asked) -> Frozen:
    frozen = open_token(user, asked.token)
    same = frozen.task == spec.name and asked.customer_id in {None, frozen.customer_id}
    if asked.params is not None:
        same = same and parse_params(spec, asked.params).model_dump(mode="json") == frozen.params
    if asked.options is not None:
        same = same and parse_options(asked.options).model_dump(mode="json", exclude_none=True) == frozen.options
    if not same:
        message = "The plan was made for another task, parameters or options: plan again."
        raise InvalidInput.at("token", message, "plan_differs")
    found = resolve(
        user,
        {"device_ids": list(frozen.device_ids)},
        customer_id=frozen.customer_id,
        action=permission_of(spec),
    )
    if found.disabled:
        message = f"{len(found.disabled)} devices were disabled since this plan was made: plan again."
        raise InvalidInput.at("token", message, "plan_differs")
    return frozen


def _refuse_vetoed(user: Any, spec: TaskSpec[Any], frozen: Frozen, source: str) -> None:
    draft = Draft(
        task=spec.name,
        risk=spec.risk,
        customer_id=frozen.customer_id,
        device_ids=tuple(frozen.device_ids),
        params=frozen.params,
        options=frozen.options,
        source=source,
    )
    if vetoes := guard("webnet_check_submission", draft=draft, user=user):
        raise SubmissionRefused(vetoes)


def _create_shards(job: Job, spec: TaskSpec[Any], devices: Sequence[Device]) -> list[Shard]:
    cuts = cut(devices) if spec.scope == "host" else [Cut(queue=DEFAULT_QUEUE, devices=devices)]
    begin = job.scheduled_for or timezone.now()
    times = {
        "not_before": begin,
        "start_before": begin + timedelta(seconds=settings.CORE.START_BEFORE_SECONDS),
        # A shard that was put off counts as having waited: the first tick after its time rings for it.
        "rung_at": begin - timedelta(seconds=settings.CORE.RING_AFTER_SECONDS) if job.scheduled_for else begin,
    }
    shards = Shard.objects.bulk_create(
        Shard(job=job, number=number, queue=part.queue, risk=spec.risk, **times)
        for number, part in enumerate(cuts, start=1)
    )
    HostResult.objects.bulk_create(
        (
            HostResult(job=job, shard=shard, device=device, device_name=device.hostname)
            for shard, part in zip(shards, cuts, strict=True)
            for device in part.devices
        ),
        batch_size=500,
    )
    Job.objects.filter(pk=job.pk).update(open_shards=len(shards))
    return shards


def _earlier(user: Any, submission_id: UUID, customer_id: int | None) -> Job | None:
    rows = Job.objects.for_user(user).filter(submission_id=submission_id)
    return (rows if customer_id is None else rows.filter(customer_id=customer_id)).order_by("pk").first()


def _same(earlier: Job, spec: TaskSpec[Any], asked: _Asked) -> Job:
    """Return the earlier job if this request asks for the same run; the same id for another one is a mistake."""
    same = earlier.type == spec.name
    if asked.params is not None:
        same = same and parse_params(spec, asked.params).model_dump(mode="json") == earlier.params
    if asked.options is not None:
        same = same and parse_options(asked.options).model_dump(mode="json", exclude_none=True) == earlier.options
    if named := (asked.targets or {}).get("device_ids"):
        same = same and isinstance(named, list) and set(named) == set(earlier.targets["device_ids"])
    same = same and asked.execute_at == (earlier.scheduled_for and with_offset(earlier.scheduled_for))
    if not same:
        raise Conflict(f"This submission id was used for job {earlier.pk}, which is another run: send a new id.")
    return earlier


def task_of(job: Job) -> TaskSpec[Any]:
    """Return the task a job runs.

    Raises:
        InvalidInput: this process does not know it.
    """
    return get_task(job.type)
