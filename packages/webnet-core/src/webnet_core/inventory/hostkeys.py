"""Pinned SSH host keys of devices."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, NotFound
from webnet_core.inventory.models import Device, HostKey


def fingerprint(key: str) -> str:
    """Return the OpenSSH fingerprint (``SHA256:…``) of a base64-encoded public key blob."""
    digest = hashlib.sha256(base64.b64decode(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def pinned(device_ids: Iterable[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """Map device id to its pinned (key type, base64 key) pairs; devices without any are absent."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = HostKey.objects.filter(device_id__in=list(device_ids)).values_list("device_id", "key_type", "key")
    for device_id, key_type, key in rows:
        found[device_id].append((key_type, key))
    return found


def pin(device_id: int, key_type: str, key: str, *, source: str = "first use") -> HostKey:
    """Pin the first key a device showed.

    Raises:
        Conflict: the device has a pinned key already, and it is another one.
        NotFound: there is no such device.
    """
    with transaction.atomic():
        # The device's row is locked, for there is no key of it yet to lock: of two first contacts one comes first.
        if not Device.objects.select_for_update(of=("self",)).filter(pk=device_id).exists():
            raise NotFound(f"Device {device_id} was deleted; no key of it can be pinned.")
        existing = list(HostKey.objects.filter(device_id=device_id))
        for row in existing:
            if (row.key_type, row.key) == (key_type, key):
                return row
        if existing:
            raise Conflict(f"Device {device_id} has another host key pinned: {existing[0].fingerprint}.")
        return HostKey.objects.create(
            device_id=device_id, key_type=key_type, key=key, fingerprint=fingerprint(key), source=source
        )


def forget(user: Any, device: Device) -> int:
    """Drop a device's pinned keys, so that the next contact pins anew; return how many there were."""
    with transaction.atomic():
        rows = list(HostKey.objects.filter(device=device))
        record(user, "hostkeys.forget", device, data={"fingerprints": [row.fingerprint for row in rows]})
        HostKey.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
