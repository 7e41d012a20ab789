"""How often one may try to sign in: counted per username and per address, in a cache that all processes share."""

from __future__ import annotations

import hashlib
import math
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from webnet_core.audit.clients import neighbourhood
from webnet_core.conf import settings
from webnet_core.exceptions import WebnetError

# What people type and what programs send are counted apart: a program with an old key locks nobody out of the form.
Door = Literal["login", "token"]


class TooManyAttempts(WebnetError):
    """There were too many attempts of late; wait before you try again."""

    retry_after: int = 0


# A site that caches nothing still counts, in each process for itself.
_own = LocMemCache("webnet-throttles", {"OPTIONS": {"MAX_ENTRIES": 100_000}})
# Attempts in any LOGIN_WINDOW_SECONDS.
PER_USERNAME = 5
PER_ADDRESS = 20


@dataclass(kw_only=True, slots=True)
class Attempt:
    """One attempt that was let through; it counts until it is said to have succeeded."""

    taken: list[str] = field(default_factory=list)
    username: str = ""

    def withdraw(self) -> None:
        """Count this one no more."""
        _cache().delete_many(self.taken)
        self.taken.clear()

    def succeeded(self) -> None:
        """Count this one no more, nor any earlier one for the same username."""
        of_name = _places("login", "username", self.username, PER_USERNAME) if self.username else []
        _cache().delete_many([*self.taken, *of_name])


def count_attempt(door: Door, address: str, username: str = "") -> Attempt:
    """Count an attempt before it is made, so that a hundred at the same moment are a hundred.

    Whether there is such a user makes no difference.

    Raises:
        TooManyAttempts: too many from this address, or for this username; `retry_after` is in seconds.
    """
    attempt = Attempt(username=username)
    attempt.taken.append(_take(_places(door, "address", neighbourhood(address), PER_ADDRESS)))
    if username:
        attempt.taken.append(_take(_places(door, "username", username, PER_USERNAME)))
    return attempt


def _take(places: Sequence[str]) -> str:
    """Take one of the places that are free again after a while. `add` is atomic in every shared cache."""
    now, seconds = time.time(), settings.CORE.LOGIN_WINDOW_SECONDS
    for place in places:
        if _cache().add(place, now + seconds, seconds):
            return place
    free_again = min((float(at) for at in _cache().get_many(places).values()), default=now)
    wait = min(max(math.ceil(free_again - now), 1), math.ceil(seconds))
    raise TooManyAttempts(f"There were too many attempts of late; try again in {wait} seconds.", retry_after=wait)


def _places(door: Door, kind: str, value: str, limit: int) -> list[str]:
    text = unicodedata.normalize("NFKC", value).casefold()
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return [f"webnet.{door}.{kind}.{digest}.{number}" for number in range(limit)]


def _cache() -> BaseCache:
    cache = caches[settings.CORE.CACHE]
    return _own if isinstance(cache, DummyCache) else cache
