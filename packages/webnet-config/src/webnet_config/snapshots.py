"""Storing what hosts brought, a hundred at a time, in a number of queries that does not depend on how many they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from webnet_config.captures import Capture, CaptureOutcome
from webnet_config.conf import config_settings
from webnet_config.events import tell
from webnet_config.models import Snapshot
from webnet_config.significance import count_changes, significant_text
from webnet_core.blobs import store
from webnet_core.blobs.models import Blob
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import CollectBatch, Outcome


def store_batch(batch: CollectBatch) -> None:
    """Store the batch's configurations: a new snapshot where the content is new, a later `last_seen` where it is not.

    Runs in the writer's transaction. Each outcome is amended with a message and ``{"snapshot_id", "changed"}``.
    """
    found = {item.device_id: item.outcome.capture for item in batch.items if isinstance(item.outcome, CaptureOutcome)}
    if not found:
        return
    now = timezone.now()
    latest = _latest(found)
    same = {device_id for device_id, capture in found.items() if _unchanged(latest.get(device_id), capture, batch)}
    Snapshot.objects.filter(pk__in=[latest[device_id].pk for device_id in same]).update(last_seen=now)
    fresh = _store_new(batch, {key: value for key, value in found.items() if key not in same}, latest, now)
    tell(fresh.values(), latest)
    for item in batch.items:
        if item.device_id in same:
            batch.replace(item.device_id, _unchanged_outcome(item.outcome, latest[item.device_id]))
        elif item.device_id in fresh:
            batch.replace(item.device_id, _stored_outcome(item.outcome, fresh[item.device_id]))


def _latest(found: Mapping[int, Capture]) -> dict[int, Snapshot]:
    """The newest snapshot of each device, of the kind that was captured; one query a kind."""
    kinds: dict[str, list[int]] = {}
    for device_id, capture in found.items():
        kinds.setdefault(capture.kind, []).append(device_id)
    return {row.device_id: row for kind, ids in kinds.items() for row in latest_snapshots(ids, kind)}


def latest_snapshots(device_ids: Sequence[int], kind: str) -> Iterable[Snapshot]:
    """The newest snapshot of each device that has one, without its contents."""
    newest = Snapshot.objects.filter(device=OuterRef("pk"), kind=kind).order_by("-valid_from", "-pk")
    ids = Device.objects.filter(pk__in=device_ids).values_list(Subquery(newest.values("pk")[:1]))
    return Snapshot.objects.filter(pk__in=ids).select_related("raw").defer("raw__data")


def _unchanged(latest: Snapshot | None, capture: Capture, batch: CollectBatch) -> bool:
    if latest is None:
        return False
    # The second holds where the platform's volatile lines were edited since: the same text is no change.
    return latest.significant == capture.significant or latest.raw.digest == store.digest(
        batch.customer_id, capture.text
    )


def _store_new(
    batch: CollectBatch, captures: Mapping[int, Capture], latest: Mapping[int, Snapshot], now: datetime
) -> dict[int, Snapshot]:
    if not captures:
        return {}
    before = {device_id: latest[device_id] for device_id in captures if device_id in latest}
    texts = _texts(row.raw_id for row in before.values())
    blobs = store.put(batch.customer_id, _items(captures, before))
    rows = []
    for position, (device_id, capture) in enumerate(captures.items()):
        old = texts.get(before[device_id].raw_id) if device_id in before else None
        added, removed = (None, None) if old is None else _changes(capture, old)
        rows.append(
            Snapshot(
                device_id=device_id,
                kind=capture.kind,
                raw=blobs[2 * position],
                masked=blobs[2 * position + 1],
                mask_version=capture.mask_version,
                significant=capture.significant,
                lines=len(capture.text.splitlines()),
                size=len(capture.text.encode()),
                lines_added=added,
                lines_removed=removed,
                valid_from=now,
                last_seen=now,
                job_id=batch.job_id,
            )
        )
    return {row.device_id: row for row in Snapshot.objects.bulk_create(rows)}


def _items(captures: Mapping[int, Capture], before: Mapping[int, Snapshot]) -> list[store.Item]:
    """Raw and masked text of each capture in turn, each with the whole blob that it probably resembles."""
    ids = [blob_id for row in before.values() for blob_id in (row.raw_id, row.masked_id)]
    bases = _bases(ids)
    items: list[store.Item] = []
    for device_id, capture in captures.items():
        row = before.get(device_id)
        items.append(store.Item(text=capture.text, base_id=bases.get(row.raw_id) if row else None))
        items.append(store.Item(text=capture.masked, base_id=bases.get(row.masked_id) if row else None))
    return items


def _bases(blob_ids: Sequence[int]) -> dict[int, int]:
    """Map blobs to the whole blob that a next one may be a difference to; none where a whole one is due."""
    if not blob_ids:
        return {}
    whole = {pk: base_id or pk for pk, base_id in Blob.objects.filter(pk__in=blob_ids).values_list("pk", "base_id")}
    counted = Blob.objects.filter(base_id__in=set(whole.values())).values_list("base_id").annotate(n=Count("pk"))
    full = {base_id for base_id, count in counted if count + 1 >= config_settings().WHOLE_EVERY}
    return {pk: base_id for pk, base_id in whole.items() if base_id not in full}


def _texts(blob_ids: Iterable[int]) -> dict[int, str]:
    ids = set(blob_ids)
    if not ids:
        return {}
    return {blob.pk: store.get(blob) for blob in Blob.objects.filter(pk__in=ids).select_related("base")}


def _changes(capture: Capture, old: str) -> tuple[int, int]:
    return count_changes(significant_text(capture.platform, old).split("\n"), capture.counted.split("\n"))


def _unchanged_outcome(outcome: Outcome, latest: Snapshot) -> Outcome:
    since = timezone.localtime(latest.valid_from)
    return _amended(outcome, latest, message=f"Unchanged since {since:%Y-%m-%d %H:%M}.", changed=False)


def _stored_outcome(outcome: Outcome, row: Snapshot) -> Outcome:
    if row.first:
        return _amended(outcome, row, message=f"First snapshot, {row.lines} lines.", changed=False)
    return _amended(outcome, row, message=f"New snapshot {row.change}.", changed=True)


def _amended(outcome: Outcome, row: Snapshot, *, message: str, changed: bool) -> Outcome:
    return replace(outcome, text="", message=message, changed=changed, data={"snapshot_id": row.pk, "changed": changed})
