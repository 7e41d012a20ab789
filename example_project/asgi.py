"""The site over ASGI: pages, sockets and, on one machine, the embedded worker."""

from __future__ import annotations

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from webnet_core.serving import pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
_pages = pages()

from webnet_core.asgi import socket_routes, with_worker  # noqa: E402 - needs Django set up

_sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(socket_routes())))
application = with_worker(ProtocolTypeRouter({"http": _pages, "websocket": _sockets}))
