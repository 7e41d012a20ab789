"""The harbour over ASGI with Channels: its own sockets, webnet's beside them, the embedded worker around both."""

from __future__ import annotations

from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

pages = get_asgi_application()

from webnet_core.asgi import socket_routes, with_worker  # noqa: E402 - needs Django set up


class Foghorn(WebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """The harbour's own socket."""

    def receive(self, text_data: str | None = None, bytes_data: Any = None) -> None:
        """Answer."""
        self.send(text_data=f"toot, {text_data}")


sockets = URLRouter([path("ws/foghorn/", Foghorn.as_asgi()), *socket_routes()])
guarded = AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))
application = with_worker(ProtocolTypeRouter({"http": pages, "websocket": guarded}))
