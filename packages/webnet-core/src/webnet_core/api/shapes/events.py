"""Bodies, filters and answers of webhooks, notification rules and deliveries."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from webnet_core.api.fields import Answer, Body, Flag, Id, PageQuery, RowAnswer, Secret, Text, Whole
from webnet_core.events.models import LONGEST_INTERVAL, Delivery, DeliveryState, NotificationRule, Webhook
from webnet_core.events.rules import EDITABLE, may_change
from webnet_core.events.types import SEVERITIES

_MOST = 100


def _keys(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=120), max_length=_MOST, **kwargs)


class EventTypeAnswer(Answer):
    """A kind of event that one may ask to be told of."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's label
    description = serializers.CharField()


class ChannelAnswer(Answer):
    """A way to be told."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the serializer's label
    hint = serializers.CharField()


class EventTypesAnswer(Answer):
    """The kinds of event, and the channels there are for them."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = EventTypeAnswer(many=True)
    channels = ChannelAnswer(many=True)


class WebhookUpdateBody(Body):
    """What of a webhook to change; what is left out stays."""

    name = Text(max_length=120)
    url = Text(max_length=1000, help_text="Where to send; another one needs a new secret or the password again.")
    events = _keys(min_length=1, help_text="Kinds of event, as event-types/ lists them.")
    enabled = Flag(required=False)
    secret = Secret(required=False, max_length=200, help_text="whsec_ and 24 to 64 bytes in base64; one is made.")


class WebhookBody(WebhookUpdateBody):
    """A webhook to make."""

    customer_id = Id(required=False)


class WebhookAnswer(RowAnswer):
    """A webhook, without its secret."""

    customer_id = serializers.IntegerField(read_only=True)
    events = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Webhook
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "name",
            "url",
            "events",
            "enabled",
            "failures",
            "disabled_reason",
            "previous_until",
            "last_success_at",
            "last_failure_at",
            "last_explanation",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class NewWebhookAnswer(WebhookAnswer):
    """A webhook with a new secret, which is shown this once."""

    secret = serializers.SerializerMethodField()

    class Meta(WebhookAnswer.Meta):
        fields: ClassVar[Any] = (*WebhookAnswer.Meta.fields, "secret")
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_secret(self, row: Webhook) -> str:
        """Return the secret."""
        return str(self.context["view"].text)


class RuleUpdateBody(Body):
    """What of a rule to change; what is left out stays."""

    name = Text(max_length=120)
    events = _keys(required=False, help_text="Kinds of event; all where it is empty.")
    min_severity = serializers.ChoiceField(choices=list(SEVERITIES), required=False)
    tasks = _keys(required=False, help_text="Only jobs of these tasks.")
    sites = serializers.ListField(
        child=Id(), required=False, max_length=_MOST, help_text="Only what concerns one of these sites."
    )
    groups = serializers.ListField(
        child=Id(), required=False, max_length=_MOST, help_text="Only what concerns a device of one of these groups."
    )
    channel = Text(max_length=60, required=False, help_text="email where it is left out.")
    target = Text(
        max_length=254, required=False, allow_blank=True, help_text="Where to; for a rule of your own, your address."
    )
    interval = Whole(
        required=False,
        min_value=0,
        max_value=LONGEST_INTERVAL,
        help_text="Seconds after a message in which what happens is gathered into the next one; of e-mail 60.",
    )
    enabled = Flag(required=False)


class RuleBody(RuleUpdateBody):
    """A rule to make."""

    customer_id = Id(required=False)
    personal = Flag(required=False, help_text="Your own: it sends to your address what you may see.")
    shared = Flag(required=False, help_text="For all customers; a global admin's alone.")


class RuleAnswer(RowAnswer):
    """A rule."""

    customer_id = serializers.IntegerField(read_only=True, allow_null=True)
    personal = serializers.SerializerMethodField()
    editable = serializers.SerializerMethodField()
    events = serializers.ListField(child=serializers.CharField(), read_only=True)
    tasks = serializers.ListField(child=serializers.CharField(), read_only=True)
    sites = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    groups = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = NotificationRule
        fields: ClassVar[Any] = (
            *("id", "customer_id", "personal", "editable"),
            *EDITABLE,
            *("last_sent_at", "created_at", "updated_at"),
        )
        read_only_fields = fields

    def get_personal(self, row: NotificationRule) -> bool:
        """Say whether it is the caller's own."""
        return row.user_id is not None

    def get_editable(self, row: NotificationRule) -> bool:
        """Say whether the caller may change it."""
        return may_change(self.context["request"].user, row)

    def to_representation(self, instance: NotificationRule) -> dict[str, Any]:
        """Show where a rule sends to whoever may change it."""
        shown = dict(super().to_representation(instance))
        return shown if shown["editable"] else {**shown, "target": ""}


class DeliveryQuery(PageQuery):
    """Which deliveries to list; every filter given must fit."""

    state = serializers.ChoiceField(choices=list(DeliveryState.values), required=False)
    event = serializers.CharField(max_length=120, required=False)
    channel = serializers.CharField(max_length=60, required=False)
    webhook = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    rule = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class DeliveryAnswer(RowAnswer):
    """A delivery and what became of it; of the receiver's answer there is the status alone."""

    customer_id = serializers.IntegerField(read_only=True)
    webhook_id = serializers.IntegerField(read_only=True, allow_null=True)
    rule_id = serializers.IntegerField(read_only=True, allow_null=True)
    payload = serializers.DictField(read_only=True)

    class Meta:
        model = Delivery
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "event",
            "severity",
            "summary",
            "payload",
            "channel",
            "webhook_id",
            "rule_id",
            "state",
            "attempts",
            "next_at",
            "status_code",
            "explanation",
            "duration_ms",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields
