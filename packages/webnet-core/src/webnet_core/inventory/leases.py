"""Who may write to a device: one row per device, taken by one conditional UPDATE under the database's clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression, Value
from django.db.models.functions import Now

from webnet_core.exceptions import NotFound
from webnet_core.inventory.models import DeviceLease

LEASE_SECONDS = 60.0
# A row can vanish and a lease expire between two statements, but not again and again.
_TRIES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseHeld:
    """Somebody else holds the device."""

    device_id: int
    holder: str
    reason: str
    expires_at: datetime

    def __str__(self) -> str:
        return f"held by {self.holder}" + (f" ({self.reason})" if self.reason else "")


def acquire(device_id: int, holder: str, reason: str = "", seconds: float = LEASE_SECONDS) -> int | LeaseHeld:
    """Take the device's lease, or say who has it.

    Returns:
        The fencing token, higher than every earlier holder's; or the live lease of somebody else.

    Raises:
        NotFound: there is no such device.
    """
    for _ in range(_TRIES):
        token = _take(device_id, holder, reason, seconds) or _create(device_id, holder, reason, seconds)
        if token:
            return token
        if (held := holders([device_id]).get(device_id)) is not None:
            return held
    row = DeviceLease.objects.filter(device_id=device_id).first()
    if row is None:
        raise NotFound(f"Device {device_id} was deleted; nobody can hold it.")
    return LeaseHeld(device_id=device_id, holder=row.holder or "many in turn", reason="", expires_at=row.expires_at)


def _take(device_id: int, holder: str, reason: str, seconds: float) -> int:
    # A lease given back while this statement waited for its row ended after this statement's Now().
    free = Q(holder=holder) | Q(holder="") | Q(expires_at__lte=Now())
    with transaction.atomic():
        row = DeviceLease.objects.filter(free, device_id=device_id)
        if not row.update(holder=holder, reason=reason[:200], token=F("token") + 1, expires_at=_in(seconds)):
            return 0
        return DeviceLease.objects.values_list("token", flat=True).get(device_id=device_id)


def _create(device_id: int, holder: str, reason: str, seconds: float) -> int:
    try:
        with transaction.atomic():
            row = DeviceLease(device_id=device_id, holder=holder, reason=reason[:200], expires_at=_in(seconds))
            row.save(force_insert=True)
    except IntegrityError:
        return 0
    return 1


def renew(holder: str, device_ids: Iterable[int], seconds: float = LEASE_SECONDS) -> frozenset[int]:
    """Extend the holder's leases on `device_ids` by one UPDATE; return the devices it still holds."""
    wanted = frozenset(device_ids)
    if not wanted:
        return wanted
    mine = DeviceLease.objects.filter(holder=holder, device_id__in=wanted, expires_at__gt=Now())
    if mine.update(expires_at=_in(seconds)) == len(wanted):
        return wanted
    return frozenset(mine.values_list("device_id", flat=True))


def release(holder: str, device_ids: Iterable[int]) -> None:
    """Give the holder's leases back; the row stays so that tokens keep rising."""
    DeviceLease.objects.filter(holder=holder, device_id__in=list(device_ids)).update(expires_at=Now(), holder="")


def holders(device_ids: Iterable[int]) -> Mapping[int, LeaseHeld]:
    """Map each device under a live lease to who holds it."""
    rows = DeviceLease.objects.filter(device_id__in=list(device_ids), expires_at__gt=Now()).exclude(holder="")
    return {
        row.device_id: LeaseHeld(
            device_id=row.device_id, holder=row.holder, reason=row.reason, expires_at=row.expires_at
        )
        for row in rows
    }


def _in(seconds: float) -> CombinedExpression:
    return Now() + Value(timedelta(seconds=seconds))
