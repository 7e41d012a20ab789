"""What the list of devices can be narrowed by. A value nobody offered matches nothing: never more than was meant."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q

from webnet_core.access.models import Customer
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.criteria import tagged
from webnet_core.inventory.groups import in_group
from webnet_core.inventory.listing import used_values
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import ErrorCategory
from webnet_core.plugins.registry import registry
from webnet_ui.devices.addresses import match_address

ATTENTION = "any"
NEEDS_ATTENTION = ~Q(last_error="") | Q(reachability="unreachable")

_REACHABILITY = [("reachable", "Reachable"), ("unreachable", "Unreachable"), ("unknown", "Never contacted")]
_ENABLED = [("yes", "Enabled"), ("no", "Disabled")]
_ERRORS = [(ATTENTION, "any"), *((item.value, item.value.replace("_", " ")) for item in ErrorCategory)]
_SELECTS = {
    "customer": "Customer",
    "site": "Site",
    "role": "Role",
    "platform": "Platform",
    "group": "Group",
    "reachability": "Reachability",
    "enabled": "State",
}


class DeviceFilterForm(forms.Form):
    """The quick filter and the selects."""

    q = forms.CharField(required=False, max_length=200)
    customer = forms.ChoiceField(required=False)
    site = forms.ChoiceField(required=False)
    role = forms.ChoiceField(required=False)
    platform = forms.ChoiceField(required=False)
    group = forms.ChoiceField(required=False)
    tag = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    reachability = forms.ChoiceField(required=False, choices=[("", "Any reachability"), *_REACHABILITY])
    enabled = forms.ChoiceField(required=False, choices=[("", "Enabled or not"), *_ENABLED])
    error = forms.ChoiceField(required=False, choices=[("", ""), *_ERRORS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = used_values(user)
        places = Customer.objects.for_user(user).order_by("name", "pk", "sites__name", "sites__pk")
        found = list(places.values_list("pk", "name", "sites__pk", "sites__name"))
        sites = sorted((name, pk) for _, _, pk, name in found if pk)
        customers = dict.fromkeys((pk, name) for pk, name, _, _ in found)
        self._offer("site", [(str(pk), name) for name, pk in sites], "Any site")
        self._offer("role", [(role, role) for role in used["role"]], "Any role")
        self._offer("platform", sorted((slug, platform_label(slug)) for slug in used["platform"]), "Any platform")
        self._offer("group", [(name, name) for name in used["group"]], "Any group")
        self._offer("customer", [(str(pk), name) for pk, name in customers], "Any customer")
        for name, label in _SELECTS.items():
            self.fields[name].widget.attrs.update({"class": "wn-select", "aria-label": label})

    @property
    def several_customers(self) -> bool:
        """Whether the user sees more than one customer."""
        return len(self.choices_of("customer")) > 1

    @property
    def some_groups(self) -> bool:
        """Whether the user sees any group."""
        return bool(self.choices_of("group"))

    def choices_of(self, name: str) -> Mapping[str, str]:
        """Return the values offered for a field, with their labels."""
        field = self.fields[name]
        choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
        return {value: label for value, label in choices if value}

    def _offer(self, name: str, choices: list[tuple[str, str]], nothing: str) -> None:
        field: Any = self.fields[name]
        field.choices = [("", nothing), *choices]


class DeviceFilter:
    """A query string's devices, among those that `user` sees."""

    def __init__(self, user: Any, data: Any) -> None:
        self.user = user
        self.form = DeviceFilterForm(data, user=user, auto_id="wn-filter-%s")

    @cached_property
    def rows(self) -> ScopedQuerySet[Device]:
        """The devices that match everything asked for."""
        rows = Device.objects.for_user(self.user)
        if not self.form.is_valid():
            return rows.none()
        asked = {name: value for name, value in self.form.cleaned_data.items() if value}
        for name, value in asked.items():
            rows = rows.filter(_condition(self.user, rows, name, value))
        return rows

    @property
    def chips(self) -> list[tuple[str, str, str, str]]:
        """Applied filters as ``wn_chips`` takes them; the quick filter stands in its own input."""
        labels = {**_SELECTS, "tag": "Tag", "error": "Problem"}
        given = [(name, self.form.data.get(name, "")) for name in labels]
        return [(name, labels[name], value, self._shown(name, value)) for name, value in given if value]

    @property
    def applied(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.form.data.get(name) for name in self.form.fields)

    def _shown(self, name: str, value: str) -> str:
        return str(self.form.choices_of(name).get(value, value))


def platform_label(slug: str) -> str:
    """Return how a platform is called; its slug where no plugin knows it any more."""
    known = registry("platforms").get(slug, None)
    return known.label if known is not None else slug


def _condition(user: Any, rows: ScopedQuerySet[Device], name: str, value: str) -> Q:
    match name:
        case "q":
            text = value.strip()
            return Q(hostname__icontains=text) | Q(serial__icontains=text) | match_address(rows, text)
        case "enabled":
            return Q(enabled=value == "yes")
        case "group" | "tag":
            return _inside(user, value) if name == "group" else tagged(value)
        case "error":
            return NEEDS_ATTENTION if value == ATTENTION else Q(last_error__startswith=f"{value}:")
        case "site" | "customer":
            return Q(**{f"{name}_id": int(value)})
        case _:
            return Q(**{name: value})


def _inside(user: Any, group: str) -> Q:
    try:
        found = in_group(user, group)
    except InvalidInput:  # its filter cannot be read any more: nobody belongs to it
        found = None
    return Q(pk__in=()) if found is None else found
