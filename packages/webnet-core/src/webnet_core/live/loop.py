"""The event loop of the server, for threads that have something to publish.

The in-memory channel layer is not thread-safe: what other threads send must go through the loop that receives.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any

_TIMEOUT = 2.0
_server: asyncio.AbstractEventLoop | None = None
_own_lock = threading.Lock()
_own: asyncio.AbstractEventLoop | None = None


def remember(loop: asyncio.AbstractEventLoop | None) -> None:
    """Name the loop that serves sockets in this process (None: it has stopped)."""
    global _server  # noqa: PLW0603 - one server loop a process
    _server = loop


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run `coroutine` on the server's loop, else on one of our own, and wait up to two seconds for it.

    Raises:
        TimeoutError: it did not finish in time.
    """
    target = _server if _server is not None and _server.is_running() else _background()
    if _running() is target:
        target.create_task(coroutine)
        return
    asyncio.run_coroutine_threadsafe(coroutine, target).result(_TIMEOUT)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _background() -> asyncio.AbstractEventLoop:
    global _own  # noqa: PLW0603 - one background loop a process
    with _own_lock:
        if _own is None or _own.is_closed():
            _own = asyncio.new_event_loop()
            threading.Thread(target=_own.run_forever, name="webnet-publish", daemon=True).start()
        return _own
