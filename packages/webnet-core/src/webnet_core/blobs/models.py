"""Content stored once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from webnet_core.fields import SecretField


class Blob(models.Model):
    """One distinct content of one customer, compressed, perhaps as the difference to a whole one.

    `digest` is keyed, so equal contents of two customers look different and a dump gives nothing away.
    """

    customer_path = "customer"
    goes_with_customer = 9  # after all that refers to it

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    codec = models.CharField(max_length=16)
    base = models.ForeignKey("self", models.PROTECT, null=True, related_name="deltas")
    size = models.PositiveBigIntegerField()
    data = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("customer", "digest"), name="webnet_blob_once"),)

    def __str__(self) -> str:
        return f"{self.digest[:12]} ({self.size} bytes)"


class DigestKey(models.Model):
    """The one row with the key of all digests. Encrypted like any secret, and unlike it never changed: with another
    key everything stored would look changed.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    value = SecretField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return "digest key"
