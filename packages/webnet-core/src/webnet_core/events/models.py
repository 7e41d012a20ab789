"""Who wants to be told of what, where to, and every delivery with what became of it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from webnet_core.access.scope import ScopedManager, ScopedQuerySet, customer_ids
from webnet_core.fields import SecretField

M = TypeVar("M", bound=models.Model, covariant=True)  # noqa: PLC0105 - the name Django's stubs use
LONGEST_INTERVAL = 86_400
MANAGE_WEBHOOKS = "webhooks.edit"
MANAGE_RULES = "notifications.edit"


class Webhook(models.Model):
    """An address of a customer's that gets a signed POST for each event of the kinds in `events`.

    `failures` counts deliveries that failed in a row; too many switch it off, and `disabled_reason` says so. For some
    time after a rotation `previous_secret` signs as well.
    """

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="webhooks")
    name = models.CharField(max_length=120)
    url = models.CharField("URL", max_length=1000)
    secret = SecretField()
    previous_secret = SecretField(blank=True, default="", editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    events: models.JSONField[Any, Any] = models.JSONField(default=list)
    enabled = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0, editable=False)
    disabled_reason = models.CharField(max_length=200, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_explanation = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[Webhook]] = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("customer", "name"), name="webnet_webhook_name"),)

    def __str__(self) -> str:
        return self.name


class RuleQuerySet(ScopedQuerySet[M]):
    """Rules: a customer's are its members' to see, shared ones everybody's, personal ones their owner's alone."""

    def for_user(self, user: Any, action: str = "view") -> Self:
        """Keep the rules that `user` may see, or of the customer's and shared ones those they may do `action` with."""
        allowed = customer_ids(user, action)
        if allowed is None:
            return self.filter(Q(user=None) | Q(user=user.pk))
        seen = customer_ids(user)
        own = Q(user=user.pk) if seen is None else Q(user=user.pk, customer__in=seen)
        shared = Q(customer=None) if action == "view" and allowed else Q(pk__in=())
        return self.filter(Q(user=None) & (Q(customer__in=allowed) | shared) | own)


class RuleManager(ScopedManager[M]):
    """Manager of rules."""

    def get_queryset(self) -> RuleQuerySet[M]:
        return RuleQuerySet(self.model, using=self._db)


class NotificationRule(models.Model):
    """Who is told of which events over which channel.

    A rule without `user` belongs to the customer, or to all where `customer` is empty; one with a `user` is that
    user's own and sends to their address as long as they may see the customer. Empty `events`, `tasks`, `sites` and
    `groups` do not narrow it. Within `interval` seconds of a message what happens is gathered into the next one.
    """

    customer_path = "customer"

    customer = models.ForeignKey(
        "webnet_core.Customer", models.CASCADE, null=True, blank=True, related_name="notification_rules"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="webnet_notification_rules"
    )
    name = models.CharField(max_length=120)
    events: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    min_severity = models.CharField(
        max_length=10, choices=[(name, name) for name in ("info", "warning", "error")], default="info"
    )
    tasks: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    sites: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    groups: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    channel = models.CharField(max_length=60)
    target = models.CharField(max_length=254, blank=True)
    interval = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(LONGEST_INTERVAL)])
    enabled = models.BooleanField(default=True)
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[RuleManager[NotificationRule]] = RuleManager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "name"), condition=Q(user__isnull=True), name="webnet_rule_name_of_customer"
            ),
            models.UniqueConstraint(
                fields=("user", "customer", "name"), condition=Q(user__isnull=False), name="webnet_rule_name_of_user"
            ),
        )

    def __str__(self) -> str:
        return self.name


class DeliveryState(models.TextChoices):
    """Where a delivery is. `dead`: given up after the last try; `dropped`: not to be sent any more."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


class DeliveryQuerySet(ScopedQuerySet[M]):
    """Deliveries: those of webhooks and of a customer's rules are its admins' to see, those of one's own rules one's
    own.
    """

    def for_user(self, user: Any, action: str = "view") -> Self:
        """Keep the deliveries that `user` may see; an `action` beyond ``view`` is asked for as well."""
        seen, managed = customer_ids(user, action), customer_ids(user, MANAGE_WEBHOOKS)
        own = Q(rule__user=user.pk) if seen is None else Q(rule__user=user.pk, customer__in=seen)
        others = Q(rule=None) | Q(rule__user=None)
        if managed is not None:
            others &= Q(customer__in=managed)
        return self.filter(others | own)


class DeliveryManager(ScopedManager[M]):
    """Manager of deliveries."""

    def get_queryset(self) -> DeliveryQuerySet[M]:
        return DeliveryQuerySet(self.model, using=self._db)


class Delivery(models.Model):
    """One message to one receiver: what it says, where it stands, and why.

    `id` goes with every try. `receiver` names what is sent to one at a time; `claim` and `lease_until` say which try is
    under way.
    """

    customer_path = "customer"
    goes_with_customer = 1

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=120)
    severity = models.CharField(max_length=10, default="info")
    summary = models.CharField(max_length=300)
    payload = models.JSONField(default=dict)
    channel = models.CharField(max_length=60)
    target = models.CharField(max_length=254, blank=True)
    receiver = models.CharField(max_length=320)
    # Without constraints in the database: whoever removes a webhook or a rule never fails the job that tells it of
    # something at the same moment.
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, null=True, blank=True, related_name="deliveries", db_constraint=False
    )
    rule = models.ForeignKey(
        NotificationRule, models.CASCADE, null=True, blank=True, related_name="deliveries", db_constraint=False
    )
    state = models.CharField(max_length=16, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    status_code = models.PositiveIntegerField(null=True)
    explanation = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[DeliveryManager[Delivery]] = DeliveryManager()

    class Meta:
        ordering = ("-created_at", "id")
        verbose_name_plural = "deliveries"
        indexes = (
            models.Index(fields=("state", "next_at"), name="webnet_delivery_due"),
            models.Index(fields=("receiver", "state"), name="webnet_delivery_receiver"),
            models.Index(fields=("customer", "-created_at"), name="webnet_delivery_customer"),
            models.Index(fields=("created_at",), name="webnet_delivery_age"),
        )

    def __str__(self) -> str:
        return f"{self.event} by {self.channel}"
