"""How often one may try to sign in, and ask for what costs much: counted in a cache that all processes share."""

from __future__ import annotations

import hashlib
import logging
import math
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.cache import BaseCache, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache

from webnet_core.audit.clients import neighbourhood
from webnet_core.conf import settings
from webnet_core.exceptions import WebnetError

log = logging.getLogger(__name__)

# What people type and what programs send are counted apart: a program with an old key locks nobody out of the form.
Door = Literal["login", "token"]
# What costs much; each has a rate of its own in `WEBNET["CORE"]["RATES"]`.
Use = Literal["RUNS", "IMPORTS", "EXPORTS", "DESCRIPTIONS"]


class TooManyAttempts(WebnetError):
    """There were too many attempts of late; wait before you try again."""

    retry_after: int = 0


class TooManyRequests(TooManyAttempts):
    """This was asked for too often; wait before you ask again."""


class CountersUnavailable(WebnetError):
    """Attempts cannot be counted just now, and uncounted ones are not let in; try again soon."""

    retry_after: int = 10


# A site that caches nothing still counts, in each process for itself.
_own = LocMemCache("webnet-throttles", {"OPTIONS": {"MAX_ENTRIES": 100_000}})
# Attempts in any LOGIN_WINDOW_SECONDS.
PER_USERNAME = 5
PER_ADDRESS = 20
_MINUTE = 60


@dataclass(kw_only=True, slots=True)
class Attempt:
    """One attempt that was let through; it counts until it is said to have succeeded."""

    taken: list[str] = field(default_factory=list)
    username: str = ""

    def withdraw(self) -> None:
        """Count this one no more."""
        with _reached() as cache:
            cache.delete_many(self.taken)
        self.taken.clear()

    def succeeded(self) -> None:
        """Count this one no more, nor any earlier one for the same username."""
        of_name = _places("login", "username", self.username, PER_USERNAME) if self.username else []
        with _reached() as cache:
            cache.delete_many([*self.taken, *of_name])


def count_attempt(door: Door, address: str, username: str = "") -> Attempt:
    """Count an attempt before it is made, so that a hundred at the same moment are a hundred.

    Whether there is such a user makes no difference.

    Raises:
        TooManyAttempts: too many from this address, or for this username; `retry_after` is in seconds.
        CountersUnavailable: the cache is away.
    """
    attempt = Attempt(username=username)
    attempt.taken.append(_take(_places(door, "address", neighbourhood(address), PER_ADDRESS)))
    if username:
        attempt.taken.append(_take(_places(door, "username", username, PER_USERNAME)))
    return attempt


def count_use(kind: Use, user: Any) -> None:
    """Count that a user asks for something that costs much, whichever of their logins or keys they came with.

    Raises:
        TooManyRequests: it was asked for too often this minute; `retry_after` is in seconds.
        CountersUnavailable: the cache is away.
    """
    most = getattr(settings.CORE.RATES, kind)
    if most == 0:
        return
    now = time.time()
    window = int(now // _MINUTE)
    key = f"webnet.use.{kind}.{user.pk}.{window}"
    with _reached() as cache:
        # Two minutes, for the window may begin late on another machine's clock.
        cache.add(key, 0, 2 * _MINUTE)
        try:
            used = cache.incr(key)
        except ValueError:  # it was thrown out in between
            used = 1
    if used > most:
        wait = max(1, math.ceil((window + 1) * _MINUTE - now))
        what = f"{most} {kind.lower()} a minute are allowed to one user; try again in {wait} seconds."
        raise TooManyRequests(what, retry_after=wait)


def _take(places: Sequence[str]) -> str:
    """Take one of the places that are free again after a while. `add` is atomic in every shared cache."""
    now, seconds = time.time(), settings.CORE.LOGIN_WINDOW_SECONDS
    with _reached() as cache:
        for place in places:
            if cache.add(place, now + seconds, seconds):
                return place
        free_again = min((float(at) for at in cache.get_many(places).values()), default=now)
    wait = min(max(math.ceil(free_again - now), 1), math.ceil(seconds))
    raise TooManyAttempts(f"There were too many attempts of late; try again in {wait} seconds.", retry_after=wait)


def _places(door: Door, kind: str, value: str, limit: int) -> list[str]:
    text = unicodedata.normalize("NFKC", value).casefold()
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return [f"webnet.{door}.{kind}.{digest}.{number}" for number in range(limit)]


@contextmanager
def _reached() -> Iterator[BaseCache]:
    """Give the cache that counts; whatever its library raises while its server is away becomes one error."""
    try:
        cache = caches[settings.CORE.CACHE]
        yield _own if isinstance(cache, DummyCache) else cache
    except Exception as error:
        log.error("The cache %r that counts attempts fails: %s", settings.CORE.CACHE, error)  # noqa: TRY400 - one line each
        raise CountersUnavailable from error
