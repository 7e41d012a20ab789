"""What happens to outcomes inside the writer's transaction: the task's collect, output blobs, host rows."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from webnet_core.blobs import store
from webnet_core.conf import settings
from webnet_core.events.emit import emit
from webnet_core.events.types import HostEvent, HostReachable, HostUnreachable
from webnet_core.inventory.contacts import Turned, record_contacts
from webnet_core.inventory.models import Device
from webnet_core.jobs.closing import host_note
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.persistence import AWAY
from webnet_core.jobs.timeline import Note
from webnet_core.plugins.items import CollectBatch, Collected, ErrorCategory, HostStatus, Outcome, TaskSpec
from webnet_core.redact import current
from webnet_core.storable import clean_json, clean_text

log = logging.getLogger(__name__)

_BATCH = 100
_DATA_LIMIT = 64 * 1024
_TRUNCATED = "\n[webnet: output truncated here]\n"
_BAD = {
    HostStatus.FAILED: ErrorCategory.TASK_ERROR,
    HostStatus.UNKNOWN: ErrorCategory.TASK_ERROR,
    HostStatus.UNREACHABLE: ErrorCategory.UNREACHABLE,
}


def store_outcomes(job: Job, spec: TaskSpec[Any], outcomes: Mapping[int, Outcome]) -> list[Note]:
    """Write the final rows of these hosts and return their events. Hosts that ended before are left as they are.

    Arguments:
        outcomes: by the id of the host's result, so that one whose device was deleted meanwhile is stored too.
    """
    open_states = (HostStatus.PENDING.value, HostStatus.RUNNING.value)
    rows = list(HostResult.objects.filter(pk__in=list(outcomes), status__in=open_states).order_by("pk"))
    _lock_devices(rows)
    notes: list[Note] = []
    for start in range(0, len(rows), _BATCH):
        notes += _store_batch(job, spec, rows[start : start + _BATCH], outcomes)
    return notes


def told(outcome: Outcome) -> Outcome:
    """Return the outcome fit to be told: final, with a category where it is bad, storable, without live secrets."""
    status, error, message = outcome.status, outcome.error, outcome.message
    if not status.terminal:
        message = f"The executor called a host finished that is {status}. {message}".strip()
        status = HostStatus.FAILED
    if error is None and status in _BAD:
        error = _BAD[status]
    redactor = current()
    attempts = tuple(replace(item, message=redactor.clean(item.message)) for item in outcome.attempts)
    data = redactor.clean_value(clean_json(outcome.data))
    message = redactor.clean(message)
    return replace(outcome, status=status, error=error, message=message, data=data, attempts=attempts)


def failed_to_store(outcome: Outcome, error: Exception) -> Outcome:
    """Return what a host ends with whose result could not be stored."""
    message = current().clean(f"The result could not be stored: {type(error).__name__}: {error}")
    return replace(outcome, status=HostStatus.FAILED, error=ErrorCategory.STORAGE, message=message)


def bounded(data: Any) -> Any:
    """Return JSON `data`, or a mark in its place where it is too large for a row."""
    return data if data is None or len(json.dumps(data)) <= _DATA_LIMIT else {"truncated": True}


def _lock_devices(rows: Iterable[HostResult]) -> None:
    """Let no other job write what it learnt of these devices meanwhile: tasks compare with what is there already.

    They are locked in one order, so that two jobs never wait for each other. SQLite has one writer anyway.
    """
    if connection.features.has_select_for_update:
        ids = [row.device_id for row in rows if row.device_id is not None]
        list(Device.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _store_batch(
    job: Job, spec: TaskSpec[Any], rows: Sequence[HostResult], outcomes: Mapping[int, Outcome]
) -> list[Note]:
    final = {row.pk: outcomes[row.pk] for row in rows} | collect(job, spec, rows, outcomes)
    texts = [row for row in rows if final[row.pk].text]
    blobs = store.put(job.customer_id, [_capped(final[row.pk].text) for row in texts])
    output = {row.pk: blob.pk for row, blob in zip(texts, blobs, strict=True)}
    notes: list[Note] = []
    deltas: Counter[str] = Counter()
    for row in rows:
        columns = _columns(final[row.pk], output.get(row.pk))
        HostResult.objects.filter(pk=row.pk).update(finished_at=timezone.now(), **columns)
        deltas[columns["status"]] += 1
        notes.append(host_note(row, columns))
    Job.objects.filter(pk=job.pk).update(**{name: F(name) + n for name, n in deltas.items()})
    _tell(record_contacts({row.device_id: final[row.pk] for row in rows if row.device_id is not None}))
    return notes


def _tell(turned: Sequence[Turned]) -> None:
    """Tell of devices that have been lost or found again."""
    told: list[HostEvent] = []
    for one in turned:
        device = one.device
        kind: type[HostEvent] = HostReachable if one.reachable else HostUnreachable
        sites = frozenset() if device.site_id is None else frozenset({device.site_id})
        told.append(kind(customer_id=device.customer_id, site_ids=sites, device_id=device.pk, device=device.hostname))
    emit(*told)


def collect(
    job: Job, spec: TaskSpec[Any], rows: Sequence[HostResult], outcomes: Mapping[int, Outcome]
) -> dict[int, Outcome]:
    """Let the task store what its hosts brought: all at once, and one by one where that fails.

    Returns:
        By result id the outcomes that differ from what the hosts returned: amended by the task, or failed because
        storing failed.
    """
    items = [
        Collected(device_id=row.device_id, result_id=row.pk, outcome=outcomes[row.pk])
        for row in rows
        if row.device_id is not None
    ]
    if spec.collect is None or not items:
        return {}
    try:
        return _collect(job, spec, items)
    except AWAY:
        raise
    except Exception:
        log.exception("%s could not store %d results together; storing one by one.", spec.name, len(items))
    changed: dict[int, Outcome] = {}
    for item in items:
        try:
            changed |= _collect(job, spec, [item])
        except AWAY:
            raise
        except Exception as error:
            log.exception("%s could not store the result of device %d.", spec.name, item.device_id)
            changed[item.result_id] = failed_to_store(item.outcome, error)
    return changed


def _collect(job: Job, spec: TaskSpec[Any], items: Sequence[Collected]) -> dict[int, Outcome]:
    batch = CollectBatch(
        job_id=job.pk, customer_id=job.customer_id, task=spec.name, params=job.params, items=tuple(items)
    )
    with transaction.atomic():
        if spec.collect is not None:
            spec.collect(batch)
    return {item.result_id: told(batch.amended[item.device_id]) for item in items if item.device_id in batch.amended}


def _columns(outcome: Outcome, output_id: int | None) -> dict[str, Any]:
    bad = outcome.error is not None
    columns: dict[str, Any] = {
        "status": outcome.status.value,
        "message": "" if bad else clean_text(outcome.message, 2000),
        "error": clean_text(outcome.message, 4000) if bad else "",
        "error_category": outcome.error.value if outcome.error else "",
        "data": _data(outcome),
        "output_id": output_id,
    }
    if outcome.driver:
        columns["driver"] = clean_text(outcome.driver, 60)
    return columns


def _data(outcome: Outcome) -> Any:
    body: dict[str, Any] = {}
    if outcome.data is not None:
        if bounded(outcome.data) is outcome.data:
            body["result"] = outcome.data
        else:
            body["truncated"] = True
    if outcome.attempts:
        body["attempts"] = [
            {
                "driver": item.driver,
                "operation": item.operation,
                "seconds": round(item.seconds, 3),
                "error": item.error.value if item.error else None,
                "message": clean_text(item.message, 500),
            }
            for item in outcome.attempts[:20]
        ]
    return body or None


def _capped(text: str) -> str:
    body = text.encode("utf-8", "surrogatepass")
    limit = settings.CORE.OUTPUT_LIMIT_BYTES
    if len(body) <= limit:
        return body.decode("utf-8", "replace")
    return body[:limit].decode("utf-8", "replace") + _TRUNCATED
