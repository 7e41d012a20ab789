"""Bodies and answers of signing in, users and customers."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.access.models import Customer, RefreshFamily
from webnet_core.access.roles import Role
from webnet_core.access.scope import grants
from webnet_core.api.fields import Answer, Body, RowAnswer, Text


class LoginBody(Body):
    """Who signs in."""

    username = Text(max_length=254)
    password = Text(max_length=4096, trim_whitespace=False)
    code = Text(max_length=64, required=False, allow_blank=True)


class RefreshBody(Body):
    """A refresh token under either of its names."""

    refresh = Text(max_length=4096, required=False)
    refresh_token = Text(max_length=4096, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of the two."""
        if not attrs:
            raise serializers.ValidationError({"refresh": ["Send the refresh token here or as refresh_token."]})
        return attrs


class LogoutBody(RefreshBody):
    """Optionally, the login to end besides the one that asks."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take nothing as well."""
        return attrs


class ReauthenticateBody(Body):
    """The password of whoever is signed in."""

    password = Text(max_length=4096, trim_whitespace=False)
    code = Text(max_length=64, allow_blank=True, required=False, help_text="Of the second factor, where there is one.")


class ReauthenticatedAnswer(Answer):
    """How many seconds it lasts."""

    expires_in = serializers.IntegerField()


class LoginAnswer(RowAnswer):
    """A login by token, and where it came from."""

    class Meta:
        model = RefreshFamily
        fields: ClassVar[Any] = ("id", "address", "created_at", "expires_at", "reauthenticated_at")
        read_only_fields = fields


class TokenAnswer(Answer):
    """Tokens under their names here and under those of older clients."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()


class CustomerBody(Body):
    """A customer to make or change."""

    name = Text(max_length=120)
    description = Text(allow_blank=True, required=False, max_length=10_000)


class CustomerAnswer(RowAnswer):
    """A customer."""

    class Meta:
        model = Customer
        fields: ClassVar[Any] = ("id", "name", "description", "created_at")
        read_only_fields = fields


class MembershipAnswer(Answer):
    """A role in a customer; without a customer, in all of them."""

    customer_id = serializers.IntegerField(allow_null=True)
    role = serializers.ChoiceField(choices=Role.choices)


class MeAnswer(Answer):
    """The user who asks."""

    id = serializers.SerializerMethodField()
    username = serializers.CharField(source="get_username")
    role = serializers.SerializerMethodField()
    is_active = serializers.BooleanField()
    is_superuser = serializers.BooleanField()
    customers = serializers.SerializerMethodField()
    memberships = serializers.SerializerMethodField()

    @extend_schema_field({"oneOf": [{"type": "integer", "format": "int64"}, {"type": "string"}]})
    def get_id(self, user: Any) -> int | str:
        """Return the id; a text where the site's user model has no numbers."""
        return user.pk if isinstance(user.pk, int) else str(user.pk)

    @extend_schema_field(serializers.ChoiceField(choices=Role.choices, allow_null=True))
    def get_role(self, user: Any) -> str | None:
        """Return the highest role the user has anywhere."""
        held = set(grants(user).values())
        return next((role.value for role in reversed(Role) if role.value in held), None)

    @extend_schema_field(CustomerAnswer(many=True))
    def get_customers(self, user: Any) -> Any:
        """Return the customers the user sees, the first 200 of them."""
        return CustomerAnswer(Customer.objects.for_user(user).order_by("name")[:200], many=True).data

    @extend_schema_field(MembershipAnswer(many=True))
    def get_memberships(self, user: Any) -> list[dict[str, Any]]:
        """Return the user's roles."""
        return [{"customer_id": customer, "role": str(role)} for customer, role in grants(user).items()]
