"""A cache whose server is away."""

from __future__ import annotations

from typing import NoReturn

from django.core.cache.backends.base import BaseCache


class AwayCache(BaseCache):
    """Raises what a client raises that finds nobody."""

    def __init__(self, name, params):
        super().__init__(params)

    def _fail(self, *args, **kwargs) -> NoReturn:
        raise ConnectionError("Error 111 connecting to cache.example:6379. Connection refused.")

    add = get = set = incr = get_many = delete_many = delete = clear = touch = _fail
