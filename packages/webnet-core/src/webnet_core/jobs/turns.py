"""Turns: work of the tick that is due once in a while, whoever drives the tick."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.jobs.models import SingletonLease

_TICK = "tick"


def note_tick() -> int:
    """Remember that somebody drives the tick; return 1 where that was due."""
    return int(take_turn(_TICK, settings.CORE.TICK_SECONDS))


def last_tick() -> datetime | None:
    """Return when somebody last drove the tick, to within its interval; None where nobody ever did."""
    until = SingletonLease.objects.filter(name=_TICK).values_list("expires_at", flat=True).first()
    return None if until is None else until - timedelta(seconds=settings.CORE.TICK_SECONDS)


def take_turn(name: str, seconds: float) -> bool:
    """Say whether the work called `name` is due, at most once in `seconds` over all processes."""
    now = timezone.now()
    row = SingletonLease.objects.filter(name=name)
    if row.filter(expires_at__lte=now).update(expires_at=now + timedelta(seconds=seconds)):
        return True
    if row.exists():
        return False
    try:
        with transaction.atomic():
            SingletonLease.objects.create(name=name, owner="tick", expires_at=now + timedelta(seconds=seconds))
    except IntegrityError:
        return False
    return True
