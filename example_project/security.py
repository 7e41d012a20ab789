"""What every answer of the site tells the browser to refuse, and how long a session lives."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

POLICY = (
    "default-src 'self'; script-src 'self'{nonce}; style-src 'self'{nonce}; img-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'{form}"
)
# Swagger draws with inline styles; its scripts are files of this site like all others.
RELAXED_STYLES = ("/api/v1/docs",)
PERMISSIONS = (
    ", ".join(
        f"{name}=()"
        for name in (
            "accelerometer",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
        )
    )
    + ", payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"
)

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class SecurityHeadersMiddleware:
    """Adds Content-Security-Policy and Permissions-Policy to every answer, synchronous or not.

    `request.csp_nonce` is the nonce of this answer's policy, for the few scripts that stand inside a page.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        request.csp_nonce = SimpleLazyObject(lambda: secrets.token_urlsafe(16))  # type: ignore[attr-defined]
        answer = self.get_response(request)
        return _stamped(request, answer) if isinstance(answer, HttpResponseBase) else _later(request, answer)


async def _later(request: HttpRequest, answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
    return _stamped(request, await answer)


def _stamped(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    form = f" {settings.CSP_FORM_ACTION}".rstrip()
    policy = POLICY.format(nonce=f" 'nonce-{request.csp_nonce}'", form=form)  # type: ignore[attr-defined]
    if request.path.startswith(RELAXED_STYLES):
        policy = POLICY.format(nonce="", form=form).replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Permissions-Policy", PERMISSIONS)
    return response


class SessionLifeMiddleware(MiddlewareMixin):
    """Ends sessions that nobody used for long, and old ones; keeps what signed-in people see out of every cache.

    A page that follows a job asks for its events by itself: that is no use of the session.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Sign out whose time is over, and remember that the session is used."""
        session = request.session
        if SESSION_KEY not in session:
            return
        now = int(time.time())
        began, used = session.setdefault("began", now), session.setdefault("used", now)
        if now - began > settings.SESSION_ABSOLUTE_SECONDS or now - used > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif now - used > settings.SESSION_IDLE_SECONDS // 30 and "/events/" not in request.path:
            session["used"] = now

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Forbid keeping an answer that was made for somebody."""
        known = request.headers.get("Authorization") or SESSION_KEY in request.session
        if known and "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response


@receiver(user_logged_in)
def begin(request: HttpRequest, **_: Any) -> None:
    """Count a session's life from the login, also where the same person signs in anew."""
    request.session["began"] = request.session["used"] = int(time.time())
