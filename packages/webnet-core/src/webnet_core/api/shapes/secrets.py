"""Bodies and answers of credentials."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import Body, Id, RowAnswer, Secret, Text
from webnet_core.secrets.models import Credential


class CredentialUpdateBody(Body):
    """What of a credential to change; what is left out stays, an empty secret is removed."""

    name = Text(max_length=120)
    username = Text(max_length=150)
    backend = Text(required=False, max_length=60)
    reference = Text(required=False, allow_blank=True, max_length=400)
    password = Secret(required=False)
    enable_password = Secret(required=False)
    ssh_private_key = Secret(required=False)


class CredentialBody(CredentialUpdateBody):
    """A credential to make."""

    customer_id = Id(required=False)


class CredentialAnswer(RowAnswer):
    """A credential without its secrets."""

    has_password = serializers.SerializerMethodField()
    has_enable_password = serializers.SerializerMethodField()
    has_ssh_private_key = serializers.SerializerMethodField()
    customer_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Credential
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "name",
            "username",
            "backend",
            "reference",
            "has_password",
            "has_enable_password",
            "has_ssh_private_key",
            "version",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_has_password(self, row: Credential) -> bool:
        """Say whether there is one."""
        return bool(row.password)

    def get_has_enable_password(self, row: Credential) -> bool:
        """Say whether there is one."""
        return bool(row.enable_password)

    def get_has_ssh_private_key(self, row: Credential) -> bool:
        """Say whether there is one."""
        return bool(row.ssh_private_key)
