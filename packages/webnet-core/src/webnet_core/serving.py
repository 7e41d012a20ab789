"""How a site answers HTTP under ASGI: whole requests on threads that are kept, and with them their connections.

Django's own handler makes a thread for each request, opens a database connection on it and throws both away; and it
goes from the event loop to that thread and back twice for each middleware that is not written for both. On PostgreSQL
that is half of what a short answer takes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


def pages(keep: int = 16) -> ASGIHandler:
    """Set Django up and return its application for HTTP, in the place of `django.core.asgi.get_asgi_application`.

    It answers as Django's does, also with asynchronous views and streams. Middlewares and a synchronous view run as one
    call on one thread, and up to `keep` threads wait for the next request with the database connections that their
    ``CONN_MAX_AGE`` lets live. More requests at once get further threads, which end with them.
    """
    django.setup(set_prefix=False)
    return _PagesHandler(_Threads(keep))


class _Threads:
    """Executors of one thread each; the one that was used last goes out first, so that few are kept busy."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._idle: list[ThreadPoolExecutor] = []

    @contextlib.contextmanager
    def one(self) -> Iterator[ThreadPoolExecutor]:
        """Lend a thread; it starts with the first call that it is given."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="webnet-page")
        try:
            yield thread
        finally:
            if len(self._idle) < self._keep:
                self._idle.append(thread)
            else:
                thread.submit(connections.close_all)
                thread.shutdown(wait=False)


class _PagesHandler(ASGIHandler):
    """Django's handler with its middleware chain in one piece."""

    def __init__(self, threads: _Threads) -> None:
        super().__init__()
        self._threads = threads

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - as Django calls it
        """Build the chain for a thread, to be entered by one hop."""
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain)  # type: ignore[has-type]

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request on a thread that is free."""
        with self._threads.one() as thread:
            async with ThreadSensitiveContext(executor=thread):
                await super().__call__(scope, receive, send)
