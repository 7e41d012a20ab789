"""Sites, devices and how they are grouped; their pinned host keys and who is working on them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from webnet_core.access.scope import ScopedManager

_QUEUE = RegexValidator(r"^[a-z0-9][a-z0-9_-]{0,39}\Z", "Lower-case letters, digits, '-' and '_', at most 40.")
_HOSTNAME = RegexValidator(
    r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})\Z",
    "Letters, digits, '.', '_' and '-', beginning with a letter or digit.",
)
_ADDRESS = RegexValidator(
    r"^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|[0-9A-Fa-f:]{2,45})\Z", "An IP address or a host name."
)
_TAG = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,59}\Z",
    "Letters, digits, '.', '_', ':', '/' and '-', beginning with a letter or digit, at most 60.",
)
_COLOUR = RegexValidator(r"^#[0-9a-f]{6}\Z", "A colour as #1f6feb.")


class Site(models.Model):
    """A place of a customer's; `queue` names the workers near it."""

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    queue = models.CharField(max_length=40, default="default", validators=[_QUEUE])
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[Site]] = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("customer", "name"), name="webnet_site_name"),)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word on devices, with a value or without: ``env=lab``, ``spare``. A device has one value a name."""

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60, validators=[_TAG])
    value = models.CharField(max_length=120, blank=True)
    colour = models.CharField(max_length=7, blank=True, validators=[_COLOUR])
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[Tag]] = ScopedManager()

    class Meta:
        ordering = ("name", "value")
        constraints = (models.UniqueConstraint(fields=("customer", "name", "value"), name="webnet_tag_once"),)

    def __str__(self) -> str:
        return f"{self.name}={self.value}" if self.value else self.name


class Reachability(models.TextChoices):
    """What the last contact said."""

    UNKNOWN = "unknown", "Never contacted"
    REACHABLE = "reachable", "Reachable"
    UNREACHABLE = "unreachable", "Unreachable"


class Device(models.Model):
    """Something with an SSH port that webnet logs in to."""

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="devices")
    hostname = models.CharField(max_length=255, validators=[_HOSTNAME])
    mgmt_ip = models.CharField("management address", max_length=255, validators=[_ADDRESS])
    port = models.PositiveIntegerField(default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    platform = models.CharField(max_length=60)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="devices")
    role = models.CharField(max_length=60, blank=True)
    credential = models.ForeignKey(
        "webnet_core.Credential", models.PROTECT, null=True, blank=True, related_name="devices"
    )
    driver = models.CharField(max_length=60, blank=True)
    connection_options = models.JSONField(default=dict, blank=True)
    data = models.JSONField(default=dict, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="devices")
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    disabled_by = models.CharField(max_length=150, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    repinning_required = models.BooleanField(default=False, editable=False)
    opened_by = models.ForeignKey(
        "webnet_core.Credential", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    model = models.CharField(max_length=120, blank=True)
    os_version = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=120, blank=True)
    reachability = models.CharField(max_length=16, choices=Reachability, default=Reachability.UNKNOWN)
    reachability_at = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[Device]] = ScopedManager()

    class Meta:
        ordering = ("hostname",)
        constraints = (models.UniqueConstraint(fields=("customer", "hostname"), name="webnet_device_hostname"),)
        indexes = (
            models.Index(fields=("hostname", "id"), name="webnet_device_in_order"),
            models.Index(fields=("customer", "role"), name="webnet_device_roles"),
            models.Index(fields=("customer", "platform"), name="webnet_device_platforms"),
        )

    def __str__(self) -> str:
        return self.hostname


class DeviceGroup(models.Model):
    """Devices under one name: those that are its members or, where it has a `filter`, whatever matches it just now."""

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="device_groups")
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    filter = models.JSONField(null=True, blank=True)
    members = models.ManyToManyField(Device, blank=True, related_name="groups")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[DeviceGroup]] = ScopedManager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("customer", "name"), name="webnet_group_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def dynamic(self) -> bool:
        """Whether a filter says who belongs to it."""
        return self.filter is not None


class IPRange(models.Model):
    """A network in which a customer's devices may be; where there is any, every address must lie in one."""

    customer_path = "customer"

    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="ranges")
    cidr = models.CharField(max_length=43)
    description = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[ScopedManager[IPRange]] = ScopedManager()

    class Meta:
        ordering = ("pk",)
        verbose_name = "IP range"
        constraints = (models.UniqueConstraint(fields=("customer", "cidr"), name="webnet_range_once"),)

    def __str__(self) -> str:
        return self.cidr


class DataSchema(models.Model):
    """The JSON Schema that the `data` of a customer's devices satisfies."""

    customer_path = "customer"

    customer = models.OneToOneField(
        "webnet_core.Customer", models.CASCADE, primary_key=True, related_name="data_schema"
    )
    schema = models.JSONField()
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[ScopedManager[DataSchema]] = ScopedManager()

    def __str__(self) -> str:
        return f"data schema of {self.customer}"


class DeviceCredential(models.Model):
    """A credential to try on a device after its own, in the order of `position`."""

    customer_path = "device__customer"

    device = models.ForeignKey(Device, models.CASCADE, related_name="further_credentials")
    credential = models.ForeignKey("webnet_core.Credential", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects: ClassVar[ScopedManager[DeviceCredential]] = ScopedManager()

    class Meta:
        ordering = ("device", "position")
        constraints = (
            models.UniqueConstraint(fields=("device", "credential"), name="webnet_device_credential_once"),
            models.UniqueConstraint(fields=("device", "position"), name="webnet_device_credential_position"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.credential}"


class SiteCredential(models.Model):
    """A credential to try on every device of a site after the device's own, in the order of `position`."""

    customer_path = "site__customer"

    site = models.ForeignKey(Site, models.CASCADE, related_name="credentials")
    credential = models.ForeignKey("webnet_core.Credential", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects: ClassVar[ScopedManager[SiteCredential]] = ScopedManager()

    class Meta:
        ordering = ("site", "position")
        constraints = (
            models.UniqueConstraint(fields=("site", "credential"), name="webnet_site_credential_once"),
            models.UniqueConstraint(fields=("site", "position"), name="webnet_site_credential_position"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.credential}"


class HostKey(models.Model):
    """A device's SSH host key as it was first seen or accepted; another key is refused."""

    customer_path = "device__customer"

    device = models.ForeignKey(Device, models.CASCADE, related_name="host_keys")
    key_type = models.CharField(max_length=64)
    key = models.TextField()
    fingerprint = models.CharField(max_length=80)
    source = models.CharField(max_length=40, default="first use")
    pinned_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ScopedManager[HostKey]] = ScopedManager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("device", "key_type"), name="webnet_hostkey_type"),)

    def __str__(self) -> str:
        return f"{self.key_type} {self.fingerprint}"


class DeviceLease(models.Model):
    """Who may write to a device just now. `token` rises with every new holder."""

    customer_path = "device__customer"

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="lease")
    holder = models.CharField(max_length=120)
    token = models.PositiveBigIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[DeviceLease]] = ScopedManager()

    def __str__(self) -> str:
        return f"{self.holder} until {self.expires_at:%H:%M:%S}"


class Selection(models.Model):
    """A frozen set of devices: what was selected stays what is meant, whatever a filter says later."""

    customer_path = "customer"
    goes_with_customer = 1

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("webnet_core.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    device_ids = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects: ClassVar[ScopedManager[Selection]] = ScopedManager()

    def __str__(self) -> str:
        return f"{len(self.device_ids)} devices"
