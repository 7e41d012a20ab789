"""Host keys that devices showed in jobs and were refused for: what somebody may accept by its fingerprint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.hostkeys import accept
from webnet_core.inventory.models import Device, HostKey
from webnet_core.jobs.models import HostResult
from webnet_core.plugins.items import ErrorCategory

# Jobs looked at, the newest first: somebody accepts what a device shows now.
_LOOKED_AT = 20
_PARTS = ("key_type", "key", "fingerprint")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownKey:
    """A key that a device showed, and in which job."""

    key_type: str
    key: str
    fingerprint: str
    job_id: int
    seen_at: datetime | None


def shown_keys(device: Device) -> list[ShownKey]:
    """Return the keys a device was refused for of late, the newest first, each once."""
    rows = HostResult.objects.filter(device=device, error_category=ErrorCategory.HOST_KEY.value).order_by("-pk")
    found: dict[str, ShownKey] = {}
    for row in rows[:_LOOKED_AT]:
        told = row.data.get("host_key") if isinstance(row.data, dict) else None
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in _PARTS):
            continue
        parts = {name: told[name] for name in _PARTS}
        found.setdefault(told["fingerprint"], ShownKey(**parts, job_id=row.job_id, seen_at=row.finished_at))
    return list(found.values())


def accept_shown(user: Any, device: Device, fingerprint: str) -> HostKey:
    """Pin the key of a fingerprint that a device showed in a job, in place of all that are pinned for it.

    Raises:
        PermissionDenied: the user lacks ``hostkeys.accept`` in the customer.
        InvalidInput: the device showed no such key of late.
    """
    for shown in shown_keys(device):
        if shown.fingerprint == fingerprint:
            return accept(user, device, shown.key_type, shown.key)
    message = "The device showed no key of this fingerprint of late; run something on it, and look at what it shows."
    raise InvalidInput.at("fingerprint", message, "not_shown")
