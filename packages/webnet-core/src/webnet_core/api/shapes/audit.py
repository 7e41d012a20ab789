"""Filters and answers of the audit."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.api.fields import MAX_ID, Answer, JSONObject, Query, RowAnswer
from webnet_core.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from webnet_core.audit.models import SHOWN, AuditEvent


class EventFilters(Query):
    """Which events."""

    action = serializers.CharField(max_length=60, required=False, help_text="As devices.update.")
    user = serializers.CharField(max_length=150, required=False, help_text="A user's name.")
    object_type = serializers.CharField(max_length=60, required=False, help_text="As webnet_core.device.")
    object_id = serializers.IntegerField(min_value=0, max_value=MAX_ID, required=False)
    customer_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    request_id = serializers.CharField(max_length=64, required=False)
    door = serializers.CharField(max_length=80, required=False, help_text="As session, token, job 7.")
    since = serializers.DateTimeField(
        required=False, input_formats=["iso-8601"], help_text="This moment and later, as ISO 8601."
    )
    until = serializers.DateTimeField(
        required=False, input_formats=["iso-8601"], help_text="Before this moment, as ISO 8601."
    )


class EventQuery(EventFilters):
    """Which events, and how many of them."""

    after = serializers.IntegerField(
        min_value=0, max_value=MAX_ID, required=False, help_text="Id of the last event already read."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT)


class ExportQuery(EventFilters):
    """Which events, and as what."""

    format = serializers.ChoiceField(choices=["csv", "jsonl"], default="csv")


class EventRowAnswer(RowAnswer):
    """One thing somebody did."""

    customer_id = serializers.IntegerField(read_only=True, allow_null=True)
    user_id = serializers.SerializerMethodField()
    data = JSONObject(read_only=True)  # type: ignore[assignment]  # a column, not the serializer's data

    class Meta:
        model = AuditEvent
        fields: ClassVar[Any] = tuple("user_id" if name == "user_key" else name for name in SHOWN)
        read_only_fields = fields

    @extend_schema_field({"oneOf": [{"type": "integer", "format": "int64"}, {"type": "string"}], "nullable": True})
    def get_user_id(self, event: AuditEvent) -> int | str | None:
        """Return the id the user had; a text where the site's user model has no numbers, null for the system."""
        return int(event.user_key) if event.user_key.isdecimal() else event.user_key or None


class EventListAnswer(Answer):
    """A part of the audit; `count` is not counted."""

    count = serializers.IntegerField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = EventRowAnswer(many=True)
