"""Which devices a run is for, and how it runs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from webnet_core.inventory.models import Device, DeviceGroup, Site
from webnet_core.plugins.items import Platform
from webnet_core.plugins.registry import registry

NARROWING = ("site", "role", "platform", "hostname", "group", "tag")


class TargetsForm(forms.Form):
    """Devices by filter, or all of them; a frozen selection takes the place of both."""

    selection = forms.UUIDField(required=False, widget=forms.HiddenInput)
    device = forms.IntegerField(required=False, widget=forms.HiddenInput)
    site = forms.ChoiceField(required=False)
    role = forms.ChoiceField(required=False)
    platform = forms.ChoiceField(required=False)
    hostname = forms.CharField(required=False, max_length=255)
    group = forms.ChoiceField(required=False)
    tag = forms.CharField(
        required=False,
        max_length=500,
        label="Tags",
        help_text="As env=prod, or env for any value; several with commas.",
    )
    all = forms.BooleanField(
        required=False, label="All devices", help_text="Every device you may run on, whatever the filters say."
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        devices = Device.objects.for_user(user, "jobs.run")
        sites = Site.objects.for_user(user).order_by("name").values_list("pk", "name")
        roles = devices.exclude(role="").order_by("role").values_list("role", flat=True).distinct()
        used = set(devices.order_by().values_list("platform", flat=True).distinct())
        platforms: list[Platform] = [item for item in registry("platforms").values() if item.slug in used]
        self._offer("site", [(str(pk), name) for pk, name in sites], "Any site")
        self._offer("role", [(role, role) for role in roles], "Any role")
        groups = DeviceGroup.objects.for_user(user, "jobs.run").order_by("name", "pk").values_list("pk", "name")
        self._offer("group", [(str(pk), name) for pk, name in groups], "Any group")
        self._offer("platform", [(item.slug, item.label) for item in platforms], "Any platform")

    def targets(self) -> dict[str, Any]:
        """Return the targets as the service takes them."""
        data = self.cleaned_data
        if data.get("selection"):
            return {"selection": str(data["selection"])}
        if data.get("device"):
            return {"device_ids": [data["device"]]}
        if data.get("all"):
            return {"all": True}
        named = {name: data[name] for name in NARROWING if data.get(name)}
        for name in {"site", "group"} & named.keys():
            named[name] = int(named[name])
        if tags := [part.strip() for part in named.pop("tag", "").split(",") if part.strip()]:
            named["tag"] = tags
        return named

    def clean(self) -> dict[str, Any]:
        """Refuse a run for nothing in particular."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.targets():
            message = "Say which devices are meant: choose a filter, or all devices."
            raise ValidationError(message, code="no_target")
        return data

    def _offer(self, name: str, choices: list[tuple[str, str]], nothing: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", nothing), *choices]


class OptionsForm(forms.Form):
    """How it runs."""

    driver = forms.ChoiceField(required=False, help_text="Automatic takes what the plan shows for each host.")
    workers = forms.IntegerField(
        required=False, min_value=1, max_value=200, label="Devices at once", help_text="As the site sets it if empty."
    )
    deadline = forms.IntegerField(
        required=False, min_value=1, max_value=3600, label="Deadline in seconds", help_text="For each device."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["driver"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = [("", "Automatic"), *((name, name) for name in driver_names())]

    def options(self) -> dict[str, Any]:
        """Return the options as the service takes them."""
        return {name: value for name, value in self.cleaned_data.items() if value}


def driver_names() -> list[str]:
    """Return the drivers that any platform names; which of them can be used, the plan says."""
    platforms: list[Platform] = list(registry("platforms").values())
    return sorted({driver for platform in platforms for driver in platform.drivers})
