"""Customers, who belongs to them, and sessions of the REST interface."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from webnet_core.access.roles import Role
from webnet_core.access.scope import ScopedManager


class Customer(models.Model):
    """An owner of devices, credentials and jobs; nothing of one is visible to members of another."""

    customer_path = "pk"

    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[Customer]] = ScopedManager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in one customer, or in all of them where `customer` is empty."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webnet_memberships")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "customer"), name="webnet_membership_once"),
            models.UniqueConstraint(
                fields=("user",), condition=Q(customer__isnull=True), name="webnet_membership_global_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.customer or 'all customers'}"


class RefreshFamily(models.Model):
    """One login of the REST interface: its refresh tokens rotate, and a token used twice ends the family."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    current = models.CharField(max_length=64)
    address = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    reauthenticated_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "refresh families"

    def __str__(self) -> str:
        return f"login of {self.user} at {self.created_at:%Y-%m-%d %H:%M}"


class OwnedManager(models.Manager["ApiKey"]):
    """Manager of rows that belong to one user rather than to a customer."""

    def for_user(self, user: Any) -> models.QuerySet[ApiKey]:
        """Keep the user's own rows; none for the anonymous and the inactive."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        return self.filter(user=user)


class ApiKey(models.Model):
    """A key that a program signs in with: shown once, kept as a digest, never worth more than its owner's roles."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webnet_api_keys")
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes: models.JSONField[Any, Any] = models.JSONField(default=list)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_address = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedManager] = OwnedManager()

    class Meta:
        verbose_name = "API key"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "name"), condition=Q(revoked_at__isnull=True), name="webnet_api_key_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
