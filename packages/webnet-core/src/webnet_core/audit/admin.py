"""The audit in Django's admin: to read."""

from __future__ import annotations

from django.contrib import admin

from webnet_core.administration import ReadOnlyAdmin
from webnet_core.audit.models import SHOWN, AuditChain, AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What happened."""

    action = "audit.view"
    list_display = ("id", "ts", "username", "act", "object_type", "object_label", "customer_id", "door", "address")
    list_filter = ("action", "object_type", "ts")
    search_fields = ("username", "object_label", "request_id")
    fields = tuple("act" if name == "action" else name for name in SHOWN if name != "id")

    @admin.display(description="action", ordering="action")
    def act(self, event: AuditEvent) -> str:
        """Return the action, whose own name is another thing to an admin page."""
        return event.action


@admin.register(AuditChain)
class AuditChainAdmin(ReadOnlyAdmin):
    """How far the audit is sealed."""

    scope = None
    list_display = ("customer_id", "length", "head", "sealed_at")
    fields = list_display
