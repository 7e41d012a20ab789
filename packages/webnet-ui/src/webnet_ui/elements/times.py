"""Times and durations as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (86400 * 60, 86400, "d"))


def relative_time(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was, or how far ahead: ``14 s ago``, ``in 3 d``; a date beyond 60 days."""
    seconds = (now - then).total_seconds()
    distance = abs(seconds)
    if distance < 5:
        return "just now"
    for limit, unit, word in _STEPS:
        if distance < limit:
            count = int(distance // unit)
            return f"{count} {word} ago" if seconds > 0 else f"in {count} {word}"
    return timezone.localtime(then).strftime("%-d %b %Y")


def render_time(value: datetime | None, missing: str = "never") -> SafeString:
    """Return a ``<time>`` that reads relative, tells the exact time on hover and is kept current by the script."""
    if value is None:
        return format_html('<span class="wn-muted">{}</span>', missing)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    now = timezone.localtime() if timezone.is_aware(value) else datetime.now()  # noqa: DTZ005 - as naive as the value
    exact = local.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
    return format_html(
        '<time class="wn-nowrap" datetime="{}" title="{}" data-wn-relative>{}</time>',
        local.isoformat(),
        exact,
        relative_time(local, now),
    )


def format_duration(value: timedelta | float | None) -> str:
    """Return a duration (seconds or timedelta) as ``0.8 s``, ``42 s``, ``1m 12s`` or ``2h 05m``; empty for None."""
    if value is None:
        return ""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"
