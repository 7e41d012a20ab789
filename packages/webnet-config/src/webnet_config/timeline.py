"""A device's snapshots as a row of time ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webnet_config.contents import find_snapshot, masked_text, may_view_raw
from webnet_config.models import RUNNING, Snapshot
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import Viewer

_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """One content and when it was valid; `until` is None while it is the device's last known one."""

    snapshot: Snapshot
    since: datetime
    until: datetime | None
    selected: bool = False


def ranges(user: Any, device: Device, *, kind: str = RUNNING, limit: int = _SHOWN, selected: int = 0) -> list[Range]:
    """Return the device's newest contents with their ranges, newest first; empty for who may not see the device."""
    rows = Snapshot.objects.for_user(user).filter(device=device, kind=kind).select_related("job")
    return _ranges(list(rows[:limit]), selected)


def _ranges(rows: Sequence[Snapshot], selected: int) -> list[Range]:
    following: Sequence[Snapshot | None] = [None, *rows[:-1]]
    return [
        Range(
            snapshot=row,
            since=row.valid_from,
            until=after.valid_from if after is not None else None,
            selected=row.pk == selected,
        )
        for row, after in zip(rows, following, strict=True)
    ]


def page_context(user: Any, snapshot: Snapshot) -> dict[str, Any]:
    """What a page shows of one snapshot: its masked text and the timeline it stands in."""
    return {
        "snapshot": snapshot,
        "text": masked_text(snapshot),
        "may_view_raw": may_view_raw(user, snapshot),
        "ranges": ranges(user, snapshot.device, kind=snapshot.kind, selected=snapshot.pk),
    }


def device_context(viewer: Viewer, device: Device) -> Mapping[str, Any]:
    """What the device's tab shows: its newest configuration, or none."""
    newest = Snapshot.objects.for_user(viewer.user).filter(device=device, kind=RUNNING).values_list("pk", flat=True)
    snapshot = find_snapshot(viewer.user, newest.first() or 0)
    return {"device": device, "snapshot": None} if snapshot is None else page_context(viewer.user, snapshot)
