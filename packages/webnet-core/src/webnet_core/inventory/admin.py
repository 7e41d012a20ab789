"""Sites, devices and what belongs to them in Django's admin.

Sites are changed by their service. Devices are to read: pointing one elsewhere sends a secret there, for which webnet's
own pages and API ask for the password anew.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webnet_core.access.models import Customer
from webnet_core.administration import ReadOnlyAdmin, ServiceAdmin
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.models import (
    DataSchema,
    Device,
    DeviceCredential,
    DeviceGroup,
    DeviceLease,
    HostKey,
    IPRange,
    Selection,
    Site,
    SiteCredential,
    Tag,
)
from webnet_core.inventory.sites import create_site, delete_site, update_site


@admin.register(Site)
class SiteAdmin(ServiceAdmin):
    """Places where devices stand."""

    edit_action = "sites.edit"
    deletable = True
    list_display = ("name", "customer", "queue", "time_zone")
    search_fields = ("name",)
    fields = ("customer", "name", "queue", "time_zone")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what cannot be changed: a site stays its customer's."""
        return ("customer",) if obj is not None else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the customers in which the user may make sites."""
        if db_field.name == "customer":
            kwargs["queryset"] = Customer.objects.for_user(request.user, self.edit_action)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def create(self, user: Any, values: dict[str, Any]) -> Site:
        """See `create_site`."""
        return create_site(user, values.pop("customer").pk, values)

    def update(self, user: Any, row: Site, values: dict[str, Any]) -> Site:
        """See `update_site`."""
        return update_site(user, row, values)

    def remove(self, user: Any, row: Site) -> None:
        """See `delete_site`."""
        delete_site(user, row)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """What webnet logs in to. Of options and data only the names are shown: people put secrets there."""

    list_display = ("hostname", "customer", "mgmt_ip", "port", "platform", "site", "enabled", "reachability")
    list_filter = ("enabled", "reachability", "platform")
    search_fields = ("hostname", "mgmt_ip", "serial")
    fields = (
        *list_display,
        "role",
        "credential",
        "driver",
        "tag_names",
        "disabled_reason",
        "disabled_by",
        "disabled_at",
        "option_names",
        "data_names",
        "model_name",
        "os_version",
        "serial",
        "reachability_at",
        "last_seen",
        "last_error",
        "last_error_at",
        "created_at",
        "updated_at",
    )

    @admin.display(description="connection options")
    def option_names(self, device: Device) -> str:
        """Return of which drivers there are options."""
        return ", ".join(sorted(device.connection_options))

    @admin.display(description="data")
    def data_names(self, device: Device) -> str:
        """Return the names in the device's data."""
        return ", ".join(sorted(device.data))

    @admin.display(description="tags")
    def tag_names(self, device: Device) -> str:
        """Return the device's tags."""
        return ", ".join(str(tag) for tag in device.tags.order_by("name"))

    @admin.display(description="model")
    def model_name(self, device: Device) -> str:
        """Return the model, whose own name is another thing to an admin page."""
        return device.model


@admin.register(DeviceCredential)
class DeviceCredentialAdmin(ReadOnlyAdmin):
    """Further credentials of devices."""

    list_display = ("device", "credential", "position")
    fields = list_display


@admin.register(SiteCredential)
class SiteCredentialAdmin(ReadOnlyAdmin):
    """Credentials of sites."""

    list_display = ("site", "credential", "position")
    fields = list_display


@admin.register(HostKey)
class HostKeyAdmin(ReadOnlyAdmin):
    """Pinned host keys."""

    list_display = ("device", "key_type", "fingerprint", "source", "pinned_at")
    search_fields = ("fingerprint", "device__hostname")
    fields = (*list_display, "key")


@admin.register(DeviceLease)
class DeviceLeaseAdmin(ReadOnlyAdmin):
    """Who writes to which device just now."""

    list_display = ("device", "holder", "reason", "expires_at")
    fields = (*list_display, "token")


@admin.register(Selection)
class SelectionAdmin(ReadOnlyAdmin):
    """Frozen sets of devices."""

    list_display = ("id", "customer", "user", "created_at", "expires_at")
    fields = ("customer", "user", "device_ids", "created_at", "expires_at")


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    """Words on devices."""

    list_display = ("name", "value", "customer", "colour")
    search_fields = ("name", "value")
    fields = (*list_display, "created_at")


@admin.register(DeviceGroup)
class DeviceGroupAdmin(ReadOnlyAdmin):
    """Groups of devices, with their members or their filter."""

    list_display = ("name", "customer", "dynamic", "description")
    search_fields = ("name",)
    fields = ("name", "customer", "description", "filter", "members", "created_at")

    @admin.display(boolean=True)
    def dynamic(self, group: DeviceGroup) -> bool:
        """Return whether a filter says who belongs to it."""
        return group.dynamic


@admin.register(IPRange)
class IPRangeAdmin(ReadOnlyAdmin):
    """Networks in which a customer's devices may be."""

    list_display = ("cidr", "customer", "description")
    search_fields = ("cidr",)
    fields = (*list_display, "created_at")


@admin.register(DataSchema)
class DataSchemaAdmin(ReadOnlyAdmin):
    """What the data of a customer's devices satisfies."""

    list_display = ("customer", "updated_at")
    fields = ("customer", "schema", "updated_at")


@admin.register(ImportBatch)
class ImportAdmin(ReadOnlyAdmin):
    """Imports of devices."""

    list_display = ("filename", "customer", "username", "state", "created_at", "committed_at", "undone_at")
    fields = (*list_display, "form", "digest", "size", "duplicates")
