"""What backups tell: a content that is new, and whether anything of webnet's can have brought it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from django.db.models import Q

from webnet_config.models import Snapshot
from webnet_core.events.emit import emit
from webnet_core.events.types import EventType, HostEvent, Severity
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult
from webnet_core.plugins.items import JSON

# A host that a change never reached, or that is not there yet, brought nothing.
_NOTHING_SENT = ("pending", "ok", "skipped", "unreachable", "cancelled")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigCaptured(HostEvent):
    """A device's configuration is another than it was; a first one is no such event."""

    snapshot_id: int
    job_id: int
    lines_added: int
    lines_removed: int

    def describe(self) -> str:
        """Name the device and how much differs."""
        return f"The configuration of {self.device} has changed (+{self.lines_added} -{self.lines_removed})"

    def payload(self) -> Mapping[str, JSON]:
        """Return device, snapshot and counts; nothing of the configuration itself."""
        return {
            "device_id": self.device_id,
            "device": self.device,
            "snapshot_id": self.snapshot_id,
            "job_id": self.job_id,
            "lines_added": self.lines_added,
            "lines_removed": self.lines_removed,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfigChangedOutside(ConfigCaptured):
    """A device's configuration is another, and since it was last seen no job of webnet's changed the device."""

    severity: ClassVar[Severity] = "warning"

    def describe(self) -> str:
        """Name the device and how much differs."""
        return f"{self.device} was changed outside of webnet (+{self.lines_added} -{self.lines_removed})"


EVENT_TYPES: Final = (
    EventType(
        key="config.captured",
        label="Configuration changed",
        type=ConfigCaptured,
        description="A backup stored a content that is new.",
    ),
    EventType(
        key="config.changed_outside",
        label="Configuration changed outside",
        type=ConfigChangedOutside,
        description="A backup found a content that no job of webnet's can have brought.",
    ),
)


def tell(rows: Iterable[Snapshot], before: Mapping[int, Snapshot]) -> None:
    """Tell of new contents, in the transaction that stores them; two queries however many there are.

    Arguments:
        rows: the new snapshots.
        before: by device, the snapshot before each.
    """
    changed = [row for row in rows if not row.first and row.device_id in before]
    if not changed:
        return
    ours = _changed_by_us({row.device_id: before[row.device_id] for row in changed})
    devices = Device.objects.only("pk", "hostname", "customer_id", "site_id").in_bulk(
        [row.device_id for row in changed]
    )
    emit(*(_event(row, devices[row.device_id], ours) for row in changed if row.device_id in devices))


def _event(row: Snapshot, device: Device, ours: Collection[int]) -> ConfigCaptured:
    kind = ConfigCaptured if device.pk in ours else ConfigChangedOutside
    return kind(
        customer_id=device.customer_id,
        site_ids=frozenset() if device.site_id is None else frozenset({device.site_id}),
        device_id=device.pk,
        device=device.hostname,
        snapshot_id=row.pk,
        job_id=row.job_id or 0,
        lines_added=row.lines_added or 0,
        lines_removed=row.lines_removed or 0,
    )


def _changed_by_us(before: Mapping[int, Snapshot]) -> set[int]:
    """Return the devices to which a job that changes devices got since their last content was seen, or is getting."""
    seen = min(row.last_seen for row in before.values())
    sent = HostResult.objects.filter(device__in=list(before)).exclude(job__risk="read")
    sent = sent.exclude(status__in=_NOTHING_SENT).filter(Q(finished_at__gte=seen) | Q(finished_at=None))
    found = sent.values_list("device_id", "finished_at")
    return {pk for pk, ended in found if ended is None or ended >= before[pk].last_seen}
