"""Times as other programs read them: never without saying in which zone."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def with_offset(moment: datetime) -> datetime:
    """Return `moment` with its offset from UTC; a site with USE_TZ off stores local times without one."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
