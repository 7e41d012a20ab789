"""How often one may fail to sign in: counted per username and per address in the cache that WEBNET names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import BaseCache, caches

from webnet_core.conf import settings
from webnet_core.exceptions import WebnetError


class TooManyAttempts(WebnetError):
    """There were too many failed attempts; wait before you try again."""

    retry_after: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `count` failures within `seconds`, counted from the first one."""

    count: int
    seconds: int


PER_USERNAME = Limit(count=10, seconds=300)
PER_ADDRESS = Limit(count=50, seconds=300)


def refuse_if_throttled(username: str, address: str) -> None:
    """Go on only if neither the username nor the address has failed too often.

    Raises:
        TooManyAttempts: one has; `retry_after` is in seconds.
    """
    for key, limit in _doors(username, address):
        if int(_cache().get(key) or 0) >= limit.count:
            raise TooManyAttempts(
                f"Too many failed attempts to sign in; try again in {limit.seconds // 60} minutes.",
                retry_after=limit.seconds,
            )


def count_failure(username: str, address: str) -> None:
    """Remember one failed attempt."""
    cache = _cache()
    for key, limit in _doors(username, address):
        if not cache.add(key, 1, limit.seconds):
            try:
                cache.incr(key)
            except ValueError:  # it expired between the two calls
                cache.add(key, 1, limit.seconds)


def forget_failures(username: str) -> None:
    """Begin to count anew for a username that signed in; its address keeps its count."""
    _cache().delete(_key("username", username.casefold()))


def _cache() -> BaseCache:
    return caches[settings.CORE.CACHE]


def _doors(username: str, address: str) -> tuple[tuple[str, Limit], ...]:
    return (
        (_key("username", username.casefold()), PER_USERNAME),
        (_key("address", address), PER_ADDRESS),
    )


def _key(kind: str, value: str) -> str:
    return f"webnet.login.{kind}.{hashlib.sha256(value.encode()).hexdigest()}"
