"""Bodies and answers of accounts and memberships."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.access.memberships import visible_memberships
from webnet_core.access.models import Membership
from webnet_core.access.roles import Role
from webnet_core.api.fields import Answer, Body, Flag, Id, Secret, Text

_USER_ID = {"oneOf": [{"type": "integer", "format": "int64"}, {"type": "string"}]}


class RegisterBody(Body):
    """An account for oneself."""

    username = Text(max_length=150)
    password = Secret(max_length=4096, allow_blank=False)
    role = serializers.ChoiceField(
        choices=Role.choices, required=False, help_text="Taken from older clients, and without any effect."
    )


class UserBody(Body):
    """An account for somebody else."""

    username = Text(max_length=150)
    password = Secret(max_length=4096, allow_blank=False)
    role = serializers.ChoiceField(choices=Role.choices, required=False, help_text="In each customer; else viewer.")
    is_active = Flag(required=False)
    customer_ids = serializers.ListField(child=Id(), max_length=1000, required=False)


class UserUpdateBody(Body):
    """What of an account to change; what is left out stays."""

    role = serializers.ChoiceField(choices=Role.choices, required=False, help_text="That of every membership.")
    is_active = Flag(required=False)
    password = Secret(max_length=4096, allow_blank=False, required=False)


class PasswordBody(Body):
    """Another password for oneself, and the one there is."""

    password = Text(max_length=4096, trim_whitespace=False, help_text="The one you have.")
    new_password = Secret(max_length=4096, allow_blank=False)
    code = Text(max_length=64, allow_blank=True, required=False, help_text="Of the second factor, where there is one.")


class MemberBody(Body):
    """Optionally, the role of a new member."""

    role = serializers.ChoiceField(choices=Role.choices, required=False, help_text="Viewer where left out.")


class HeldAnswer(Answer):
    """A role in a customer; without a customer, in all of them."""

    id = serializers.IntegerField()
    customer_id = serializers.IntegerField(allow_null=True)
    customer = serializers.CharField(allow_null=True, source="customer.name", default=None)
    role = serializers.ChoiceField(choices=Role.choices)


class CustomerName(Answer):
    """A customer, by name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class UserAnswer(Answer):
    """An account, with those of its roles that you may see."""

    id = serializers.SerializerMethodField()
    username = serializers.CharField(source="get_username")
    role = serializers.SerializerMethodField()
    is_active = serializers.BooleanField()
    customers = serializers.SerializerMethodField()
    memberships = serializers.SerializerMethodField()

    @extend_schema_field(_USER_ID)
    def get_id(self, user: Any) -> int | str:
        """Return the id; a text where the site's user model has no numbers."""
        return user.pk if isinstance(user.pk, int) else str(user.pk)

    @extend_schema_field(serializers.ChoiceField(choices=Role.choices, allow_null=True))
    def get_role(self, user: Any) -> str | None:
        """Return the highest role."""
        held = {row.role for row in self._held(user)}
        return next((role.value for role in reversed(Role) if role.value in held), None)

    @extend_schema_field(CustomerName(many=True))
    def get_customers(self, user: Any) -> Any:
        """Return the customers the account belongs to."""
        return CustomerName([row.customer for row in self._held(user) if row.customer is not None], many=True).data

    @extend_schema_field(HeldAnswer(many=True))
    def get_memberships(self, user: Any) -> Any:
        """Return the roles."""
        return HeldAnswer(self._held(user), many=True).data

    def _held(self, user: Any) -> list[Membership]:
        """Return the memberships that whoever asks may see, and everybody's own."""
        asking = self.context["request"].user
        if not hasattr(user, "_webnet_held"):
            own = asking.pk == user.pk or not asking.is_authenticated
            rows = Membership.objects.select_related("customer").order_by("pk") if own else visible_memberships(asking)
            user._webnet_held = list(rows.filter(user=user))  # noqa: SLF001 - ours
        found: list[Membership] = user._webnet_held  # noqa: SLF001 - ours
        return found


class RoleBody(Body):
    """Another role."""

    role = serializers.ChoiceField(choices=Role.choices)


class MembershipBody(RoleBody):
    """A role for an account that exists."""

    username = Text(max_length=254)
    customer_id = Id(allow_null=True, help_text="null: all customers, which a global admin alone may grant.")


class MemberAnswer(HeldAnswer):
    """A membership."""

    user_id = serializers.SerializerMethodField()
    username = serializers.CharField(source="user.get_username")

    @extend_schema_field(_USER_ID)
    def get_user_id(self, row: Membership) -> int | str:
        """Return the account's id."""
        pk: Any = row.user.pk
        return pk if isinstance(pk, int) else str(pk)
