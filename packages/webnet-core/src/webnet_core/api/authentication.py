"""Who is asking: a bearer token, or the site's own session with its CSRF token."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from webnet_core.access import tokens
from webnet_core.access.models import RefreshFamily


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; `request.auth` is the login it belongs to."""

    keyword = "bearer"

    def authenticate(self, request: Request) -> tuple[Any, RefreshFamily] | None:
        """Return the user and the login of the token, or None where there is no bearer token.

        Raises:
            TokenRefused: the token is not valid.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword:
            return None
        family = tokens.family_of(token.strip())
        return family.user, family

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return "Bearer"


class WebnetSession(SessionAuthentication):
    """The session of somebody signed in to the site; unsafe methods need the CSRF token."""

    def authenticate_header(self, request: Request) -> str:
        """Make the anonymous a 401, not a 403."""
        return "Session"


def authenticators() -> tuple[type[BaseAuthentication], ...]:
    """Return the ways in that are installed."""
    return (BearerAuthentication, WebnetSession) if tokens.available() else (WebnetSession,)
