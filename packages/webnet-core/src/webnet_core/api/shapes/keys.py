"""Bodies and answers of API keys."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.access.models import ApiKey
from webnet_core.access.roles import ACTIONS
from webnet_core.api.fields import Body, Id, RowAnswer, Text, Timestamp


class KeyBody(Body):
    """An API key to make."""

    name = Text(max_length=120)
    scopes = serializers.ListField(
        child=Text(max_length=60),
        min_length=1,
        max_length=len(ACTIONS),
        default=["view"],
        help_text="The actions it is for, of those your role has; only 'view' where left out.",
    )
    expires_at = Timestamp(required=False, allow_null=True, help_text="In 90 days, unless the site says otherwise.")
    customer_id = Id(
        required=False,
        allow_null=True,
        help_text="The only customer it sees; that of X-Customer-ID where there is one.",
    )


class KeyAnswer(RowAnswer):
    """An API key, without what makes it one."""

    key_prefix = serializers.CharField(source="prefix", read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    customer_id = serializers.IntegerField(read_only=True, allow_null=True)
    is_active = serializers.SerializerMethodField()

    class Meta:
        model = ApiKey
        fields: ClassVar[Any] = (
            "id",
            "name",
            "key_prefix",
            "scopes",
            "customer_id",
            "created_at",
            "expires_at",
            "last_used_at",
            "last_used_address",
            "is_active",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_active(self, row: ApiKey) -> bool:
        """Say whether it is accepted."""
        return row.revoked_at is None and row.expires_at > timezone.now()


class NewKeyAnswer(KeyAnswer):
    """A new key, with what is shown this once."""

    key = serializers.SerializerMethodField()

    class Meta(KeyAnswer.Meta):
        fields: ClassVar[Any] = (*KeyAnswer.Meta.fields, "key")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_key(self, row: ApiKey) -> str:
        """Return the key."""
        return str(self.context["view"].text)
