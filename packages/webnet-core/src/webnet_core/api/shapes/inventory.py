"""Bodies, filters and answers of sites and devices."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from webnet_core.api.fields import (
    Answer,
    Body,
    DriverName,
    Flag,
    Id,
    JSONObject,
    PageQuery,
    Reference,
    RowAnswer,
    Text,
    Timestamp,
    Whole,
)
from webnet_core.inventory.devices import ORDERINGS, vendor_of
from webnet_core.inventory.logins import MOST
from webnet_core.inventory.models import Device, HostKey, Reachability, Site
from webnet_core.secrets.models import Credential


class SiteUpdateBody(Body):
    """What of a site to change; what is left out stays."""

    name = Text(max_length=120)
    queue = Text(max_length=40, required=False)
    time_zone = Text(max_length=64, required=False)


class SiteBody(SiteUpdateBody):
    """A site to make."""

    customer_id = Id(required=False)


class SiteAnswer(RowAnswer):
    """A site."""

    customer_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Site
        fields: ClassVar[Any] = ("id", "customer_id", "name", "queue", "time_zone", "created_at")
        read_only_fields = fields


class TriedCredentialsBody(Body):
    """Credentials to try, in this order; ids or names of the same customer."""

    credentials = serializers.ListField(child=Reference(allow_null=False), allow_empty=True, max_length=MOST)


class TriedCredentialAnswer(RowAnswer):
    """A credential to try."""

    class Meta:
        model = Credential
        fields: ClassVar[Any] = ("id", "name", "username")
        read_only_fields = fields


class TriedCredentialsAnswer(serializers.Serializer[Any]):
    """Credentials to try, in their order."""

    credentials = TriedCredentialAnswer(many=True)


class DeviceQuery(PageQuery):
    """Which devices to list; every filter given must fit."""

    site = serializers.CharField(max_length=120, required=False, help_text="Id or name.")
    role = serializers.CharField(max_length=60, required=False)
    vendor = serializers.CharField(max_length=60, required=False)
    platform = serializers.CharField(max_length=60, required=False)
    reachability_status = serializers.ChoiceField(choices=Reachability.choices, required=False)
    tag = serializers.CharField(max_length=181, required=False, help_text="As env, or env=lab.")
    group = serializers.CharField(max_length=120, required=False, help_text="Id or name.")
    hostname = serializers.CharField(max_length=255, required=False)
    search = serializers.CharField(max_length=255, required=False, help_text="Part of name, address or serial.")
    enabled = serializers.BooleanField(required=False, allow_null=True, default=None)
    ordering = serializers.ChoiceField(
        choices=[sign + name for name in ORDERINGS for sign in ("", "-")],
        required=False,
        help_text="With a minus before it the other way round.",
    )


class DeviceUpdateBody(Body):
    """What of a device to change; what is left out stays."""

    hostname = Text(max_length=255)
    mgmt_ip = Text(max_length=255, help_text="IP address or host name.")
    port = Whole(min_value=1, max_value=65535, required=False)
    platform = Text(max_length=60)
    vendor = Text(max_length=60, required=False, help_text="Follows from the platform; must fit it where given.")
    site = Reference(required=False, help_text="Id or name.")
    role = Text(max_length=60, allow_blank=True, required=False)
    credential = Reference(required=False, help_text="Id or name.")
    credentials_ref = Reference(required=False, help_text="Another name of `credential`.")
    driver = DriverName(max_length=60, allow_blank=True, required=False)
    connection_options = JSONObject(required=False)
    data = JSONObject(required=False)  # type: ignore[assignment]  # a column, not the serializer's data
    tags = JSONObject(required=False, help_text="All tags it shall have: names with texts, empty where there is none.")
    enabled = Flag(required=False)
    disabled_reason = Text(max_length=200, allow_blank=True, required=False, help_text="Why enabled is false.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Bring `credentials_ref` under its own name."""
        if "credentials_ref" in attrs:
            alias = attrs.pop("credentials_ref")
            if attrs.setdefault("credential", alias) != alias:
                raise serializers.ValidationError({"credentials_ref": ["This differs from credential: send one."]})
        return attrs


class DisableBody(Body):
    """Why a device is to be left out."""

    reason = Text(max_length=200, allow_blank=True, required=False)


class DeviceBody(DeviceUpdateBody):
    """A device to make."""

    customer_id = Id(required=False)


class HostKeyBody(Body):
    """A host key to pin: the last two words of an OpenSSH known_hosts line, or the fingerprint of one it showed."""

    key_type = Text(max_length=64, required=False, help_text="As ssh-ed25519.")
    key = Text(max_length=20_000, required=False, help_text="Base64.")
    fingerprint = Text(max_length=80, required=False, help_text="As SHA256:…, of a key among `shown`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the fingerprint or for both parts of the key."""
        if set(attrs) not in ({"fingerprint"}, {"key_type", "key"}):
            message = "Send key_type and key, or the fingerprint of a key that the device showed."
            raise serializers.ValidationError({name: [message] for name in ("key",)}, code="required")
        return attrs


class HostKeyAnswer(RowAnswer):
    """A pinned host key."""

    class Meta:
        model = HostKey
        fields: ClassVar[Any] = ("id", "key_type", "key", "fingerprint", "source", "pinned_at")
        read_only_fields = fields


class ShownKeyAnswer(Answer):
    """A key that the device showed in a job, which was refused."""

    key_type = serializers.CharField()
    key = serializers.CharField()
    fingerprint = serializers.CharField()
    job_id = serializers.IntegerField()
    seen_at = Timestamp(allow_null=True)


class HostKeysAnswer(Answer):
    """What a device may show, and whether it waits for somebody to accept what it shows."""

    repinning_required = serializers.BooleanField()
    results = HostKeyAnswer(many=True)
    shown = ShownKeyAnswer(many=True, help_text="What it showed in jobs of late and was refused for, the newest first.")


class DeviceAnswer(RowAnswer):
    """A device and what the last contact with it taught."""

    customer_id = serializers.IntegerField(read_only=True)
    vendor = serializers.SerializerMethodField()
    site = serializers.CharField(source="site.name", read_only=True, allow_null=True, default=None)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)
    credential = serializers.IntegerField(source="credential_id", read_only=True, allow_null=True)
    credentials_ref = serializers.IntegerField(source="credential_id", read_only=True, allow_null=True)
    credential_name = serializers.CharField(source="credential.name", read_only=True, allow_null=True, default=None)
    connection_options = JSONObject(read_only=True)
    data = JSONObject(read_only=True)  # type: ignore[assignment]  # a column, not the serializer's data
    tags = serializers.SerializerMethodField()
    reachability_status = serializers.ChoiceField(source="reachability", choices=Reachability.choices, read_only=True)
    last_reachability_check = Timestamp(source="reachability_at", read_only=True, allow_null=True)

    class Meta:
        model = Device
        fields: ClassVar[Any] = (
            "id",
            "customer_id",
            "hostname",
            "mgmt_ip",
            "port",
            "vendor",
            "platform",
            "site",
            "site_id",
            "role",
            "credential",
            "credentials_ref",
            "credential_name",
            "driver",
            "connection_options",
            "data",
            "tags",
            "enabled",
            "disabled_reason",
            "disabled_by",
            "disabled_at",
            "repinning_required",
            "model",
            "os_version",
            "serial",
            "reachability_status",
            "last_reachability_check",
            "last_seen",
            "last_error",
            "last_error_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_tags(self, row: Device) -> dict[str, str]:
        """Return the device's tags: names with their values."""
        return {tag.name: tag.value for tag in sorted(row.tags.all(), key=str)}

    def get_vendor(self, row: Device) -> str:
        """Return who makes what the platform runs on."""
        return vendor_of(row.platform)
