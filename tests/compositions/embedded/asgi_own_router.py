"""The harbour over ASGI without Channels: a router of its own, and the embedded worker around it."""

from __future__ import annotations

from typing import Any

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from webnet_core.asgi import with_worker  # noqa: E402 - needs Django set up


async def router(scope: Any, receive: Any, send: Any) -> None:
    """Answer one path itself and leave the rest to Django."""
    if scope["type"] == "http" and scope["path"] == "/tide":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"high"})
    else:
        await pages(scope, receive, send)


application = with_worker(router)
