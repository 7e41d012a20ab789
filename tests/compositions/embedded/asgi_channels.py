"""The harbour over ASGI with Channels: its own sockets, webnet's beside them, the embedded worker around both."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

pages = get_asgi_application()

from webnet_core.asgi import socket_routes, with_worker  # noqa: E402 - needs Django set up


async def foghorn(scope: Any, receive: Any, send: Any) -> Any:
    """Serve the harbour's own socket: answer every call until the caller leaves."""
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "text": f"toot, {message['text']}"})


sockets = URLRouter([path("ws/foghorn/", foghorn), *socket_routes()])
guarded = AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))
application = with_worker(ProtocolTypeRouter({"http": pages, "websocket": guarded}))
