"""What happens to outcomes inside the writer's transaction: the task's collect, output blobs, host rows."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from webnet_core.blobs import store
from webnet_core.conf import settings
from webnet_core.inventory.contacts import record_contacts
from webnet_core.jobs.claims import Claim
from webnet_core.jobs.closing import host_note
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.timeline import Note
from webnet_core.plugins.items import CollectBatch, Collected, ErrorCategory, HostStatus, Outcome, TaskSpec

log = logging.getLogger(__name__)

_BATCH = 100
_DATA_LIMIT = 64 * 1024
_TRUNCATED = "\n[webnet: output truncated here]\n"


def store_outcomes(claim: Claim, job: Job, spec: TaskSpec[Any], outcomes: Mapping[int, Outcome]) -> list[Note]:
    """Write the final rows of these hosts and return their events. Hosts that ended before are left as they are."""
    open_states = (HostStatus.PENDING.value, HostStatus.RUNNING.value)
    rows = list(
        HostResult.objects.filter(shard_id=claim.shard_id, device_id__in=list(outcomes), status__in=open_states)
    )
    notes: list[Note] = []
    for start in range(0, len(rows), _BATCH):
        notes += _store_batch(job, spec, rows[start : start + _BATCH], outcomes)
    return notes


def _store_batch(
    job: Job, spec: TaskSpec[Any], rows: Sequence[HostResult], outcomes: Mapping[int, Outcome]
) -> list[Note]:
    items = [
        Collected(device_id=row.device_id, result_id=row.pk, outcome=outcomes[row.device_id])
        for row in rows
        if row.device_id is not None
    ]
    final = {item.device_id: item.outcome for item in items} | collect(job, spec, items)
    texts = [row for row in rows if final[row.device_id or 0].text]
    blobs = store.put(job.customer_id, [_capped(final[row.device_id or 0].text) for row in texts])
    output = {row.pk: blob.pk for row, blob in zip(texts, blobs, strict=True)}
    notes: list[Note] = []
    deltas: Counter[str] = Counter()
    for row in rows:
        columns = _columns(final[row.device_id or 0], output.get(row.pk))
        HostResult.objects.filter(pk=row.pk).update(finished_at=timezone.now(), **columns)
        deltas[columns["status"]] += 1
        notes.append(host_note(row, columns))
    Job.objects.filter(pk=job.pk).update(**{name: F(name) + n for name, n in deltas.items()})
    record_contacts({row.device_id: final[row.device_id] for row in rows if row.device_id is not None})
    return notes


def collect(job: Job, spec: TaskSpec[Any], items: Sequence[Collected]) -> dict[int, Outcome]:
    """Let the task store what its hosts brought: all at once, and one by one where that fails.

    Returns:
        The outcomes that differ from what the hosts returned: amended by the task, or failed because storing failed.
    """
    if spec.collect is None or not items:
        return {}
    try:
        return _collect(job, spec, items)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%s could not store %d results together; storing one by one.", spec.name, len(items))
    changed: dict[int, Outcome] = {}
    for item in items:
        try:
            changed |= _collect(job, spec, [item])
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("%s could not store the result of device %d.", spec.name, item.device_id)
            message = f"The result could not be stored: {type(error).__name__}: {error}"
            changed[item.device_id] = replace(
                item.outcome, status=HostStatus.FAILED, error=ErrorCategory.STORAGE, message=message
            )
    return changed


def _collect(job: Job, spec: TaskSpec[Any], items: Sequence[Collected]) -> dict[int, Outcome]:
    batch = CollectBatch(
        job_id=job.pk, customer_id=job.customer_id, task=spec.name, params=job.params, items=tuple(items)
    )
    with transaction.atomic():
        if spec.collect is not None:
            spec.collect(batch)
    return dict(batch.amended)


def _columns(outcome: Outcome, output_id: int | None) -> dict[str, Any]:
    bad = outcome.error is not None
    columns: dict[str, Any] = {
        "status": outcome.status.value,
        "message": "" if bad else outcome.message[:2000],
        "error": outcome.message[:4000] if bad else "",
        "error_category": outcome.error.value if outcome.error else "",
        "data": _data(outcome),
        "output_id": output_id,
    }
    if outcome.driver:
        columns["driver"] = outcome.driver[:60]
    return columns


def _data(outcome: Outcome) -> Any:
    body: dict[str, Any] = {}
    if outcome.data is not None:
        if len(json.dumps(outcome.data, default=str)) <= _DATA_LIMIT:
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
                "message": item.message[:500],
            }
            for item in outcome.attempts[:20]
        ]
    return body or None


def _capped(text: str) -> str:
    clean = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    limit = settings.CORE.OUTPUT_LIMIT_BYTES
    if len(clean) <= limit // 4 or len(body := clean.encode()) <= limit:
        return clean
    return body[:limit].decode("utf-8", "ignore") + _TRUNCATED
