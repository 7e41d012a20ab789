"""Bodies and answers of what devices are grouped by and must keep to: tags, groups, IP ranges, data schemas."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import Answer, Body, Id, JSONObject, PageQuery, RowAnswer, Text, Timestamp
from webnet_core.inventory.models import DeviceGroup, IPRange, Tag


class TagQuery(PageQuery):
    """Which tags to list."""

    name = serializers.CharField(max_length=60, required=False)
    search = serializers.CharField(max_length=120, required=False, help_text="Part of name or value.")


class TagUpdateBody(Body):
    """What of a tag to change; what is left out stays."""

    name = Text(max_length=60)
    value = Text(max_length=120, allow_blank=True, required=False)
    colour = Text(max_length=7, allow_blank=True, required=False, help_text="As #1f6feb.")


class TagBody(TagUpdateBody):
    """A tag to make."""

    customer_id = Id(required=False)


class TagAnswer(RowAnswer):
    """A tag."""

    customer_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Tag
        fields: ClassVar[Any] = ("id", "customer_id", "name", "value", "colour", "created_at")
        read_only_fields = fields


class GroupUpdateBody(Body):
    """What of a group to change; what is left out stays."""

    name = Text(max_length=120)
    description = Text(max_length=500, allow_blank=True, required=False)
    filter = JSONObject(
        required=False,
        allow_null=True,
        help_text="Who belongs to it: site, role, platform, vendor, hostname, tag, all, as in targets. "
        "Null for a group with members.",
    )


class GroupBody(GroupUpdateBody):
    """A group to make."""

    customer_id = Id(required=False)


class GroupAnswer(RowAnswer):
    """A group of devices."""

    customer_id = serializers.IntegerField(read_only=True)
    filter = JSONObject(read_only=True, allow_null=True)
    dynamic = serializers.BooleanField(read_only=True)

    class Meta:
        model = DeviceGroup
        fields: ClassVar[Any] = ("id", "customer_id", "name", "description", "dynamic", "filter", "created_at")
        read_only_fields = fields


class MembersBody(Body):
    """Devices of the group's customer."""

    device_ids = serializers.ListField(child=Id(), allow_empty=True, max_length=100_000)


class MembersAnswer(Answer):
    """What became of a group's members."""

    added = serializers.IntegerField(help_text="How many were not in it before.")
    count = serializers.IntegerField(help_text="How many are in it now.")


class RangeBody(Body):
    """An IP range to add."""

    cidr = Text(max_length=64, help_text="As 10.0.0.0/8 or 2001:db8::/32.")
    description = Text(max_length=500, allow_blank=True, required=False)


class RangeAnswer(RowAnswer):
    """An IP range of a customer's."""

    customer_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = IPRange
        fields: ClassVar[Any] = ("id", "customer_id", "cidr", "description", "created_at")
        read_only_fields = fields


class OutsideDevice(Answer):
    """A device outside every range."""

    id = serializers.IntegerField()
    hostname = serializers.CharField()
    mgmt_ip = serializers.CharField()


class OutsideAnswer(Answer):
    """The devices outside every range, which are contacted no more until they are moved or covered."""

    count = serializers.IntegerField()
    devices = OutsideDevice(many=True, help_text="The first ten by name.")


class AddedRangeAnswer(RangeAnswer):
    """An IP range that was just added, and who is outside all of them now."""

    outside = OutsideAnswer(read_only=True)

    class Meta(RangeAnswer.Meta):
        fields: ClassVar[Any] = (*RangeAnswer.Meta.fields, "outside")
        read_only_fields = fields


class DataSchemaBody(Body):
    """A JSON Schema (draft 2020-12) for the data of every device of the customer."""

    schema = JSONObject()


class DataSchemaAnswer(Answer):
    """What device data must satisfy; null where it may be anything."""

    schema = JSONObject(allow_null=True)
    updated_at = Timestamp(allow_null=True)
