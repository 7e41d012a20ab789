"""The harbour's caches: one that is nobody else's business, and keys the wrong way round."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache


class Private(LocMemCache):
    """A cache that only the harbour may use: it remembers who asked for what."""

    asked: list[str] = []

    def make_and_validate_key(self, key: Any, version: int | None = None) -> str:
        """Return the key, and remember it."""
        self.asked.append(str(key))
        return super().make_and_validate_key(key, version=version)


def backwards(key: str, key_prefix: str, version: int) -> str:
    """Make the key of a cache as the harbour likes it."""
    return f"{key_prefix}{version}{str(key)[::-1]}"
