"""What a host's ASGI application takes from webnet: the embedded worker, and the socket routes."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.util import find_spec
from typing import Any

from django.urls import URLPattern, URLResolver

from webnet_core.conf import settings
from webnet_core.deployment import require_safe_start
from webnet_core.exceptions import ConfigurationError
from webnet_core.jobs.worker import ShardWorker
from webnet_core.live import loop

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)


def socket_routes() -> list[URLPattern | URLResolver]:
    """Return the routes for a Channels `URLRouter`; empty where Channels is not installed, and pages poll."""
    if find_spec("channels") is None:
        return []
    from webnet_core.apps import webnet_apps  # noqa: PLC0415 - needs the app registry

    return [route for app in webnet_apps() if (module := app.live_urls) is not None for route in module.urlpatterns]


def with_worker(application: Application) -> Application:
    """Wrap an ASGI application so that the embedded worker starts and stops with the server.

    The wrapper answers the lifespan protocol itself and passes everything else through. It starts a worker only where
    ``WEBNET["CORE"]["DISPATCHER"]`` is ``"embedded"``; of several server processes one works at a time. With DEBUG off,
    a site that is not safe to be reached does not start (see `webnet_core.deployment`).
    """
    lifespan = _Lifespan()

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
        else:
            await application(scope, receive, send)

    return wrapped


class _Lifespan:
    """Start and stop of what lives as long as the server."""

    def __init__(self) -> None:
        self._worker: ShardWorker | None = None
        self._thread: threading.Thread | None = None

    async def __call__(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    require_safe_start()
                except ConfigurationError as error:
                    await send({"type": "lifespan.startup.failed", "message": error.message})
                    return
                self._start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _start(self) -> None:
        loop.remember(asyncio.get_running_loop())
        if settings.CORE.DISPATCHER != "embedded":
            return
        self._worker = ShardWorker(kind="embedded", singleton=True)
        self._thread = threading.Thread(target=self._worker.run, name="webnet-worker", daemon=True)
        self._thread.start()

    async def _stop(self) -> None:
        if self._worker is not None and self._thread is not None:
            self._worker.stop()
            await asyncio.to_thread(self._thread.join)
        loop.remember(None)
