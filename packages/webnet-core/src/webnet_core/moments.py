"""Times as other programs read them: never without saying in which zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from django.conf import settings
from django.utils import timezone


def with_offset(moment: datetime) -> datetime:
    """Return `moment` with its offset from UTC; a site with USE_TZ off stores local times without one."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def written(moment: datetime, zone: tzinfo | None = None) -> str:
    """Return a moment as the REST interface writes it: ISO 8601, with its offset.

    Arguments:
        zone: the current one where left out; who writes many looks it up once.
    """
    text = with_offset(moment).astimezone(zone or timezone.get_current_timezone()).isoformat()
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text


def as_stored(moment: datetime) -> datetime:
    """Return a moment that has its offset as this site's database keeps it."""
    return moment.astimezone(UTC) if settings.USE_TZ else timezone.make_naive(moment)


def utc_now() -> datetime:
    """Return the current moment with its offset, whatever USE_TZ says."""
    return datetime.now(UTC)
