"""Pinned SSH host keys of devices."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from webnet_core.access.permissions import require
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, InvalidInput, NotFound
from webnet_core.inventory.models import Device, HostKey

_SHORTEST_KEY = 32


class RepinningRequired(Conflict):
    """This device was pointed elsewhere since its host key was pinned: somebody must accept the key it shows now."""


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
        RepinningRequired: the device was pointed elsewhere, and its key must be accepted by somebody first.
        NotFound: there is no such device.
    """
    with transaction.atomic():
        # The device's row is locked, for there is no key of it yet to lock: of two first contacts one comes first.
        device = Device.objects.select_for_update(of=("self",)).filter(pk=device_id).first()
        if device is None:
            raise NotFound(f"Device {device_id} was deleted; no key of it can be pinned.")
        if device.repinning_required:
            raise RepinningRequired(shown=fingerprint(key))
        existing = list(HostKey.objects.filter(device_id=device_id))
        for row in existing:
            if (row.key_type, row.key) == (key_type, key):
                return row
        if existing:
            raise Conflict(f"Device {device_id} has another host key pinned: {existing[0].fingerprint}.")
        made = HostKey.objects.create(
            device_id=device_id, key_type=key_type, key=key, fingerprint=fingerprint(key), source=source
        )
        data = {"fingerprint": made.fingerprint, "source": source}
        record(None, "hostkeys.pin", device, data=data)
        return made


def accept(user: Any, device: Device, key_type: str, key: str) -> HostKey:
    """Pin the key that somebody compared with the device's own, in place of all that are pinned for it.

    Arguments:
        key_type: as ``ssh-ed25519``.
        key: base64, as in a line of OpenSSH's ``known_hosts`` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).

    Raises:
        PermissionDenied: the user lacks ``hostkeys.accept`` in the customer.
        InvalidInput: this is no public key of that type.
    """
    require(user, "hostkeys.accept", device.customer_id)
    _check(key_type, key)
    with transaction.atomic():
        row = Device.objects.select_for_update(of=("self",)).get(pk=device.pk)
        replaced = sorted(HostKey.objects.filter(device=row).values_list("fingerprint", flat=True))
        HostKey.objects.filter(device=row).delete()
        pinned_now = HostKey.objects.create(
            device=row, key_type=key_type, key=key, fingerprint=fingerprint(key), source=f"accepted by {user}"[:40]
        )
        Device.objects.filter(pk=row.pk).update(repinning_required=False)
        shown = {"fingerprint": pinned_now.fingerprint, "key_type": key_type, "replaced": replaced}
        record(user, "hostkeys.accept", row, data=shown)
    device.repinning_required = False
    return pinned_now


def dismiss(user: Any, device: Device) -> int:
    """Forget a device's pinned keys at somebody's wish; see `forget`.

    Raises:
        PermissionDenied: the user lacks ``hostkeys.accept`` in the customer.
    """
    require(user, "hostkeys.accept", device.customer_id)
    return forget(user, device)


def forget(user: Any, device: Device) -> int:
    """Drop a device's pinned keys; return how many there were.

    Where there were any, nothing is sent to the device until somebody has accepted the key it shows then: a key that
    was known once is not replaced by the next one seen.
    """
    with transaction.atomic():
        rows = list(HostKey.objects.filter(device=device))
        record(user, "hostkeys.forget", device, data={"fingerprints": [row.fingerprint for row in rows]})
        HostKey.objects.filter(pk__in=[row.pk for row in rows]).delete()
        if rows:
            Device.objects.filter(pk=device.pk).update(repinning_required=True)
            device.repinning_required = True
    return len(rows)


def _check(key_type: str, key: str) -> None:
    """Compare a key with the type it is said to be of: its blob begins with that name (RFC 4253, 6.6)."""
    try:
        blob = base64.b64decode(key, validate=True)
    except ValueError:
        blob = b""
    name = key_type.encode()
    if not name or not blob.startswith(len(name).to_bytes(4, "big") + name) or len(blob) < len(name) + _SHORTEST_KEY:
        message = "This is no base64 public key of that type; send the last two words of an OpenSSH known_hosts line."
        raise InvalidInput.at("key", message, "invalid_key")
