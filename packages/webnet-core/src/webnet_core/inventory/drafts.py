"""A device as it would be after a change, and everything that speaks against it; nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from webnet_core.access.validation import column_errors
from webnet_core.audit.changes import row_values
from webnet_core.exceptions import FieldError
from webnet_core.inventory.models import Device
from webnet_core.inventory.references import References, UnknownReference
from webnet_core.inventory.repointing import points_elsewhere
from webnet_core.inventory.rules import find_errors
from webnet_core.inventory.tags import tag_errors, told
from webnet_core.storable import clean_text

EDITABLE = (
    "hostname",
    "mgmt_ip",
    "port",
    "platform",
    "site",
    "role",
    "credential",
    "driver",
    "connection_options",
    "data",
    "enabled",
)
_COLUMNS = (*EDITABLE, "disabled_reason")
SWITCHED = ("disabled_reason", "disabled_by", "disabled_at")
_SEEN_TO_APART = ("vendor", "tags")


@dataclass(kw_only=True)
class DeviceDraft:
    """A device with new values assigned.

    `new` says that it is not stored yet. `changed` has the values that differ from what is stored, `before` what is
    stored. `tags` are the wanted ones where they differ. `repoints` says whether a stored secret would be sent
    elsewhere.
    """

    device: Device
    new: bool
    changed: dict[str, Any]
    before: dict[str, Any]
    tags: Mapping[str, str] | None = None
    tags_before: Mapping[str, str] = field(default_factory=dict)
    repoints: bool = False
    errors: list[FieldError] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Whether anything would be stored."""
        return self.new or bool(self.changed) or self.tags is not None

    def told_before(self) -> dict[str, Any]:
        """Return the `before` of its audit row."""
        return self.before if self.tags is None else {**self.before, "tags": told(self.tags_before)}

    def told_after(self) -> dict[str, Any]:
        """Return the `after` of its audit row."""
        names = {*EDITABLE, *self.changed} if self.new else self.changed
        after = row_values(self.device, names)
        return after if self.tags is None else {**after, "tags": told(self.tags)}


def draft_device(
    user: Any,
    device: Device,
    values: Mapping[str, Any],
    references: References,
    *,
    tags: Mapping[str, str] | None = None,
) -> DeviceDraft:
    """Assign `values` to `device` and say what is wrong with the outcome.

    Arguments:
        device: new, or as it is stored.
        values: any of `EDITABLE`, and `disabled_reason`; `site` and `credential` as an id, a name or the row itself;
            `tags` as an object of names and texts, all the device shall have. A `vendor` is taken only where it is that
            of the platform.
        references: of the device's customer.
        tags: those that a stored device has.
    """
    resolved, errors = _resolved(values, references)
    new = device.pk is None
    changed = {name: value for name, value in resolved.items() if new or getattr(device, name) != value}
    draft = DeviceDraft(
        device=device,
        new=new,
        changed=changed,
        before={} if new else row_values(device, changed),
        tags_before=tags or {},
        repoints=not new and points_elsewhere(device, changed),
        errors=errors,
    )
    for name, value in changed.items():
        setattr(device, name, value)
    if new:
        draft.repoints = references.sends_secret(device)
    _see_to_tags(draft, values)
    _see_to_enabled(draft, user)
    _check(draft, values, references)
    return draft


def _resolved(values: Mapping[str, Any], references: References) -> tuple[dict[str, Any], list[FieldError]]:
    known = {*_COLUMNS, *_SEEN_TO_APART}
    unknown = sorted(set(values) - known)
    message = f"There is no such field to set; there are: {', '.join(sorted(known))}."
    errors = [FieldError(path=name, message=message, code="unknown_field") for name in unknown]
    resolved = {name: value for name, value in values.items() if name in _COLUMNS}
    for name, find in (("site", references.site), ("credential", references.credential)):
        if name not in values:
            continue
        try:
            resolved[name] = find(values[name])
        except UnknownReference:
            message = f"This customer has no {name} {values[name]}."
            errors.append(FieldError(path=name, message=message, code=f"unknown_{name}"))
            del resolved[name]
    return resolved, errors


def _see_to_tags(draft: DeviceDraft, values: Mapping[str, Any]) -> None:
    if "tags" not in values:
        return
    wrong = tag_errors(values["tags"])
    draft.errors += wrong
    if not wrong and dict(values["tags"]) != dict(draft.tags_before):
        draft.tags = dict(values["tags"])


def switch(user: Any, device: Device) -> None:
    """Note on a device that was just disabled by whom and when; on one that was just enabled, forget that and why."""
    if device.enabled:
        device.disabled_reason, device.disabled_by, device.disabled_at = "", "", None
        return
    device.disabled_by = clean_text(user.get_username(), 150) if getattr(user, "is_authenticated", False) else ""
    device.disabled_at = timezone.now()


def _see_to_enabled(draft: DeviceDraft, user: Any) -> None:
    device = draft.device
    if device.enabled and draft.changed.get("disabled_reason"):
        message = "Only a device that is disabled has a reason for it: set enabled to false."
        draft.errors.append(FieldError(path="disabled_reason", message=message, code="enabled"))
    if "enabled" not in draft.changed:
        return
    if device.enabled and device.disabled_reason:
        draft.before.setdefault("disabled_reason", device.disabled_reason)
        draft.changed["disabled_reason"] = ""
    switch(user, device)


def _check(draft: DeviceDraft, values: Mapping[str, Any], references: References) -> None:
    device, changed, new = draft.device, draft.changed, draft.new
    known = {item.path for item in draft.errors}
    found = column_errors(device)
    wrong = {item.path for item in found}
    found += [item for item in find_errors(device, values.get("vendor")) if item.path not in wrong]
    if "mgmt_ip" not in wrong and (new or "mgmt_ip" in changed):
        found += references.address_errors(device.mgmt_ip)
    if isinstance(device.data, dict) and (new or "data" in changed):
        found += references.data_errors(device.data)
    draft.errors += [item for item in found if item.path not in known]


def taken_names(drafts: Sequence[DeviceDraft]) -> dict[int, FieldError]:
    """Return, by place in `drafts`, the error of each device whose name is another's of the same customer."""
    named = {place: draft.device for place, draft in enumerate(drafts) if draft.new or "hostname" in draft.changed}
    if not named:
        return {}
    own = {draft.device.pk for draft in drafts}
    customer_id = drafts[0].device.customer_id
    rows = Device.objects.filter(customer_id=customer_id, hostname__in={row.hostname for row in named.values()})
    seen = {hostname for pk, hostname in rows.values_list("pk", "hostname") if pk not in own}
    found = {}
    for place, device in named.items():
        if device.hostname in seen:
            message = "There is one with this hostname already."
            found[place] = FieldError(path="hostname", message=message, code="unique")
        seen.add(device.hostname)
    return found
