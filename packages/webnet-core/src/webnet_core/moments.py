"""Times as other programs read them: never without saying in which zone."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.utils import timezone


def with_offset(moment: datetime) -> datetime:
    """Return `moment` with its offset from UTC; a site with USE_TZ off stores local times without one."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def as_stored(moment: datetime) -> datetime:
    """Return a moment that has its offset as this site's database keeps it."""
    return moment.astimezone(UTC) if settings.USE_TZ else timezone.make_naive(moment)


def utc_now() -> datetime:
    """Return the current moment with its offset, whatever USE_TZ says."""
    return datetime.now(UTC)
