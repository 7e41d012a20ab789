"""Whether the site can serve: every registered check, asked at most once in a while and never failing the asker."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.core.cache import caches
from django.db import connections

from webnet_core.conf import settings
from webnet_core.plugins.items import HealthCheck, HealthResult
from webnet_core.plugins.registry import registry

log = logging.getLogger(__name__)

# Anybody may ask whether the site is ready: an answer is good for so long, in each process.
FRESH_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckRow:
    """What one check found."""

    key: str
    label: str
    ok: bool
    needed: bool
    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    meaning: str = ""
    fix: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What all checks found; `ready` says that everything that is needed works."""

    ready: bool
    rows: Sequence[CheckRow]


def checks() -> Iterable[HealthCheck]:
    """The checks of what every site stands on."""
    return (
        HealthCheck(
            key="database",
            label="Database",
            run=check_database,
            weight=10,
            meaning="Nothing works without it.",
            fix="Start it, and see whether DATABASES names it rightly.",
        ),
        HealthCheck(
            key="cache",
            label="Cache",
            run=check_cache,
            weight=20,
            meaning="Failed logins and rates are counted in it; nobody can sign in.",
            fix='Start it, or name another one in WEBNET["CORE"]["CACHE"].',
        ),
    )


def check_database() -> HealthResult:
    """Ask the database something."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HealthResult(ok=True)


def check_cache() -> HealthResult:
    """Store something in the cache that counts attempts, and read it back."""
    cache, key, value = caches[settings.CORE.CACHE], f"webnet.health.{uuid4()}", "1"
    cache.set(key, value, 30)
    found = cache.get(key)
    cache.delete(key)
    counted = found == value or type(cache).__name__ == "DummyCache"
    return HealthResult(ok=counted, message="" if counted else "What was stored just now is not there.")


def look() -> Health:
    """Run every check now; one that raises is a failed one, and nobody hears of the exception but the log."""
    rows = [_asked(check) for check in registry("health_checks").of(HealthCheck)]
    return Health(ready=all(row.ok for row in rows if row.needed), rows=rows)


class Glance:
    """The last look, taken anew when it is no longer fresh; of askers at the same moment one looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[float, Health] | None = None

    def health(self) -> Health:
        """Return what was found at most `FRESH_SECONDS` ago."""
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > FRESH_SECONDS:
                self._seen = (time.monotonic(), look())
            return self._seen[1]

    def forget(self) -> None:
        """Look again when next asked."""
        self._seen = None


glance = Glance()


def _asked(check: HealthCheck) -> CheckRow:
    try:
        found = check.run()
    except Exception as error:  # noqa: BLE001 - a plugin's check, or whatever a library raises when its server is away
        log.warning("Health check %s failed: %s", check.key, error)
        found = HealthResult(ok=False, message=f"It failed with {type(error).__name__}; the log says more.")
    return CheckRow(
        key=check.key,
        label=check.label,
        ok=found.ok,
        needed=check.needed,
        message=found.message,
        facts=found.facts,
        meaning=check.meaning,
        fix=check.fix,
    )
