"""Webhooks, rules and deliveries in Django's admin: to read."""

from __future__ import annotations

from django.contrib import admin

from webnet_core.administration import ReadOnlyAdmin
from webnet_core.events.models import MANAGE_WEBHOOKS, Delivery, NotificationRule, Webhook
from webnet_core.events.rules import EDITABLE


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Webhooks, without their secrets."""

    action = MANAGE_WEBHOOKS
    list_display = ("name", "customer", "enabled", "failures", "last_success_at", "last_failure_at")
    list_filter = ("enabled",)
    search_fields = ("name",)
    fields = (
        "customer",
        "name",
        "url",
        "events",
        "enabled",
        "failures",
        "disabled_reason",
        "last_success_at",
        "last_failure_at",
        "last_explanation",
        "created_at",
        "updated_at",
    )


@admin.register(NotificationRule)
class NotificationRuleAdmin(ReadOnlyAdmin):
    """Rules."""

    action = "notifications.edit"
    list_display = ("name", "customer", "user", "channel", "enabled", "last_sent_at")
    list_filter = ("channel", "enabled")
    search_fields = ("name",)
    fields = ("customer", "user", *EDITABLE, "last_sent_at", "created_at", "updated_at")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Deliveries and what became of them."""

    action = MANAGE_WEBHOOKS
    list_display = ("created_at", "customer", "event", "channel", "state", "attempts", "status_code", "explanation")
    list_filter = ("state", "channel", "event")
    fields = (
        "customer",
        "event",
        "severity",
        "summary",
        "channel",
        "target",
        "webhook",
        "rule",
        "state",
        "attempts",
        "next_at",
        "status_code",
        "explanation",
        "duration_ms",
        "created_at",
        "finished_at",
    )
