"""What is known about plugins for people: states, counters of failures, traces. Imports no Django."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from webnet_core.plugins.discovery import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One plugin asked through one hook: its answer, or the exception it raised."""

    hook: str
    plugin: str
    result: Any


Trace: TypeAlias = Callable[[Call], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginRow:
    """One plugin as `manage.py webnet plugins` and the plugins page show it."""

    name: str
    state: str
    module: str
    door: str
    distribution: str
    version: str
    hooks: tuple[str, ...] = ()
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failures: int = 0
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantined:
    """A plugin that was taken out, and why."""

    source: Source
    error: str


class Failures:
    """Thread-safe count of what failed in listeners and items, by (plugin, hook)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, plugin: str, hook: str) -> None:
        """Count one failure."""
        with self._lock:
            self._counts[plugin, hook] += 1

    def counts(self) -> dict[tuple[str, str], int]:
        """All counts of this process so far."""
        with self._lock:
            return dict(self._counts)

    def of(self, plugin: str) -> int:
        """Failures of one plugin over all hooks."""
        return sum(count for (name, _), count in self.counts().items() if name == plugin)


failures = Failures()
