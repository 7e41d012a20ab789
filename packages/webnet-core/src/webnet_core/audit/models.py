"""One row for everything somebody did."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager


class AuditEvent(models.Model):
    """Who did what to what, when and from where. Rows are added, never changed."""

    customer_path = "customer"

    ts = models.DateTimeField(default=timezone.now, db_index=True)
    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)

    objects: ClassVar[ScopedManager[AuditEvent]] = ScopedManager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("object_type", "object_id"), name="webnet_audit_object"),)

    def __str__(self) -> str:
        return f"{self.username or 'system'} {self.action} {self.object_label}".strip()
