"""What a device was configured with, and from when to when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager

RUNNING = "running"


class Source(models.TextChoices):
    """How a configuration came to us."""

    BACKUP = "backup", "Backup"


class Snapshot(models.Model):
    """One content of a device's configuration and the time in which it was seen.

    `raw` is exactly what the device sent, `masked` the same with its secrets hidden. `significant` is the keyed
    digest of the content without volatile lines: two snapshots in a row never share it. `lines_added` and
    `lines_removed` count against the snapshot before; both are empty on a device's first.
    """

    customer_path = "device__customer"

    device = models.ForeignKey("webnet_core.Device", models.CASCADE, related_name="snapshots")
    kind = models.CharField(max_length=20, default=RUNNING)
    raw = models.ForeignKey("webnet_core.Blob", models.PROTECT, related_name="config_raw")
    masked = models.ForeignKey("webnet_core.Blob", models.PROTECT, related_name="config_masked")
    mask_version = models.PositiveIntegerField()
    significant = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    lines_added = models.PositiveIntegerField(null=True)
    lines_removed = models.PositiveIntegerField(null=True)
    valid_from = models.DateTimeField()
    last_seen = models.DateTimeField()
    source = models.CharField(max_length=20, choices=Source, default=Source.BACKUP)
    job = models.ForeignKey("webnet_core.Job", models.SET_NULL, null=True, related_name="snapshots")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[Snapshot]] = ScopedManager()

    class Meta:
        ordering = ("-valid_from", "-id")
        indexes = (models.Index(fields=("device", "kind", "-valid_from"), name="webnet_snapshot_latest"),)
        constraints = (models.UniqueConstraint(fields=("job", "device", "kind"), name="webnet_snapshot_once_a_job"),)

    def __str__(self) -> str:
        return f"{self.kind} configuration of device {self.device_id} from {self.valid_from:%Y-%m-%d %H:%M}"

    @property
    def first(self) -> bool:
        """Whether nothing was known of the device before."""
        return self.lines_added is None

    @property
    def change(self) -> str:
        """What is new against the snapshot before, as ``+12 −4``; empty on a device's first."""
        return "" if self.first else f"+{self.lines_added} \N{MINUS SIGN}{self.lines_removed}"
