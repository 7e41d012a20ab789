"""The site's Content-Security-Policy: nothing from elsewhere, nothing inline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
# Swagger and Django's own admin carry inline styles; they are for staff and come from this site alone.
RELAXED = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline'"
)
RELAXED_PATHS = ("/api/v1/docs", "/admin/")

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class ContentSecurityPolicyMiddleware:
    """Adds the policy to every answer, synchronous or not."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        answer = self.get_response(request)
        return _stamped(request, answer) if isinstance(answer, HttpResponseBase) else _later(request, answer)


async def _later(request: HttpRequest, answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return _stamped(request, await answer)


def _stamped(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    relaxed = request.path.startswith(RELAXED_PATHS)
    response.headers.setdefault("Content-Security-Policy", RELAXED if relaxed else POLICY)
    return response
