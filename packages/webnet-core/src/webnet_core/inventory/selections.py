"""Frozen selections of devices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.models import Selection

_LIFETIME = timedelta(hours=24)


def freeze(user: Any, customer_id: int, device_ids: Sequence[int]) -> Selection:
    """Store which devices are meant, for a day; forget the customer's selections that have expired."""
    ids = [int(value) for value in device_ids]
    Selection.objects.filter(customer_id=customer_id, expires_at__lt=timezone.now()).delete()
    return Selection.objects.create(
        customer_id=customer_id,
        user=user,
        device_ids=ids,
        digest=digest(ids),
        expires_at=timezone.now() + _LIFETIME,
    )


def read_selection(user: Any, token: UUID, *, path: str = "targets.selection") -> list[int]:
    """Return the ids behind a selection that `user` may see.

    Arguments:
        path: where it was named, for the error.

    Raises:
        InvalidInput: there is none, or it has expired.
    """
    row = Selection.objects.for_user(user).filter(pk=token, expires_at__gt=timezone.now()).first()
    if row is None:
        message = "This selection does not exist or has expired: select the devices again."
        raise InvalidInput.at(path, message, "unknown_selection")
    return list(row.device_ids)


def digest(device_ids: Sequence[int]) -> str:
    """Return a short digest of the ids in their order."""
    return hashlib.sha256(",".join(str(value) for value in device_ids).encode()).hexdigest()
