"""Filters and answers of host keys across devices."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import MAX_ID, PageQuery
from webnet_core.api.shapes.inventory import HostKeyAnswer


class HostKeyQuery(PageQuery):
    """Which host keys to list; every filter given must fit."""

    ordered: ClassVar[dict[str, str]] = {"id": "pk"}

    device_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    hostname = serializers.CharField(max_length=255, required=False, help_text="Part of the device's name.")
    fingerprint = serializers.CharField(max_length=80, required=False, help_text="As SHA256:…, whole.")
    key_type = serializers.CharField(max_length=64, required=False)


class PinnedKeyAnswer(HostKeyAnswer):
    """A pinned host key and the device it is pinned for."""

    device_id = serializers.IntegerField(read_only=True)
    hostname = serializers.CharField(source="device.hostname", read_only=True)

    class Meta(HostKeyAnswer.Meta):
        fields: ClassVar[Any] = (*HostKeyAnswer.Meta.fields, "device_id", "hostname")
        read_only_fields = fields
