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
    # What a customer did outlives it: the number stays, so no constraint of the database stands behind it.
    customer = models.ForeignKey(
        "webnet_core.Customer", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    seal_number = models.PositiveBigIntegerField(null=True, editable=False)
    seal = models.CharField(max_length=64, blank=True, editable=False)

    objects: ClassVar[ScopedManager[AuditEvent]] = ScopedManager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="webnet_audit_object"),
            models.Index(fields=("customer", "-id"), name="webnet_audit_customer"),
            models.Index(fields=("id",), condition=models.Q(seal_number__isnull=True), name="webnet_audit_unsealed"),
        )
        constraints = (
            models.UniqueConstraint(fields=("customer", "seal_number"), name="webnet_audit_seal"),
            models.UniqueConstraint(
                fields=("seal_number",), condition=models.Q(customer__isnull=True), name="webnet_audit_site_seal"
            ),
        )

    def __str__(self) -> str:
        return f"{self.username or 'system'} {self.action} {self.object_label}".strip()


class AuditChain(models.Model):
    """How far the audit of one customer is sealed; without a customer, that of the whole site's own acts."""

    customer = models.ForeignKey(
        "webnet_core.Customer", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("customer",), name="webnet_audit_chain_once"),
            models.UniqueConstraint(
                fields=("length",), condition=models.Q(customer__isnull=True), name="webnet_audit_site_chain_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.length} rows of customer {self.customer_id}"
