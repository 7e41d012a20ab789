"""One import of devices: what was previewed, committed and perhaps undone."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager


class ImportState(models.TextChoices):
    """How far an import has come."""

    PREVIEWED = "previewed", "Previewed"
    COMMITTED = "committed", "Committed"
    UNDONE = "undone", "Undone"


class ImportBatch(models.Model):
    """A file of devices; its id is the token that leads from the preview to the commit.

    `table` is what was read, `verdict` what would be done with each row, `outcome` what undoing needs.
    """

    customer_path = "customer"
    goes_with_customer = 2

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.PREVIEWED)
    filename = models.CharField(max_length=200, blank=True)
    form = models.CharField(max_length=8)
    encoding = models.CharField(max_length=16, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    duplicates = models.CharField(max_length=8)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    table = models.ForeignKey("webnet_core.Blob", models.PROTECT, null=True, related_name="+")
    verdict = models.ForeignKey("webnet_core.Blob", models.PROTECT, null=True, related_name="+")
    outcome = models.ForeignKey("webnet_core.Blob", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects: ClassVar[ScopedManager[ImportBatch]] = ScopedManager()

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("customer", "-created_at"), name="webnet_import_customer"),)

    def __str__(self) -> str:
        return self.filename or str(self.pk)
