"""Bodies and answers of acts on many devices at once, and of frozen selections."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import Answer, Body, Id, JSONObject, RowAnswer, Text
from webnet_core.api.shapes.inventory import DeviceUpdateBody
from webnet_core.inventory.bulk import MOST, MOST_NEW
from webnet_core.inventory.models import Selection


class BulkDevicesBody(Body):
    """Devices to make: all of them or none."""

    customer_id = Id(required=False)
    devices = serializers.ListField(child=DeviceUpdateBody(), allow_empty=False, max_length=MOST_NEW)


class MadeDevice(Answer):
    """A device that was made."""

    id = serializers.IntegerField()
    hostname = serializers.CharField()


class BulkDevicesAnswer(Answer):
    """The devices that were made, in the order of the request."""

    count = serializers.IntegerField()
    results = MadeDevice(many=True)


class DeviceChangesBody(DeviceUpdateBody):
    """What to change in each of the devices."""

    hostname = Text(max_length=255, required=False)
    mgmt_ip = Text(max_length=255, required=False, help_text="IP address or host name.")
    platform = Text(max_length=60, required=False)


class WhichDevicesBody(Body):
    """Devices of one customer: by their ids, or a selection that was frozen before."""

    device_ids = serializers.ListField(child=Id(), allow_empty=False, max_length=MOST, required=False)
    selection = serializers.UUIDField(required=False, help_text="See selections/.")


class BulkChangesBody(WhichDevicesBody):
    """The same changes to many devices: to all of them or none."""

    changes = DeviceChangesBody()


class BulkChangedAnswer(Answer):
    """What became of the devices."""

    count = serializers.IntegerField(help_text="How many were meant.")
    changed = serializers.IntegerField(help_text="How many differ from before.")


class BulkCountAnswer(Answer):
    """How many there were."""

    count = serializers.IntegerField()


class SelectionBody(Body):
    """What to select: targets as those of a run."""

    customer_id = Id(required=False)
    targets = JSONObject(help_text="device_ids, group, site, role, vendor, platform, hostname, tag, or all.")


class SelectionAnswer(RowAnswer):
    """A frozen set of devices, disabled ones among them; forgotten after a day."""

    customer_id = serializers.IntegerField(read_only=True)
    count = serializers.SerializerMethodField()
    device_ids = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Selection
        fields: ClassVar[Any] = ("id", "customer_id", "count", "device_ids", "created_at", "expires_at")
        read_only_fields = fields

    def get_count(self, row: Selection) -> int:
        """Return how many devices are meant."""
        return len(row.device_ids)
