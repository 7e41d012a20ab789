"""Who is asking: an API key, a bearer token, or the site's own session with its CSRF token."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from webnet_core.access import apikeys, stepup, tokens
from webnet_core.access.models import ApiKey, RefreshFamily
from webnet_core.access.throttles import count_attempt
from webnet_core.audit.clients import client_address


class KeyAuthentication(BaseAuthentication):
    """``X-API-Key: <key>`` or ``Authorization: Bearer <key>``; `request.auth` is the key."""

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        """Return the key's owner, limited to what the key is for, and the key; None where there is none.

        Raises:
            TokenRefused: the key is not valid.
            TooManyAttempts: this address sent too many that are none.
        """
        given = request.headers.get("X-API-Key")
        if given is None:
            given = bearer(request)
            if given is None or not given.startswith(apikeys.START):
                return None
        try:
            return apikeys.user_of(given.strip(), client_address(request))
        except tokens.TokenUnknown:
            count_attempt("token", client_address(request))
            raise

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return "Bearer"


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; `request.auth` is the login it belongs to."""

    def authenticate(self, request: Request) -> tuple[Any, RefreshFamily] | None:
        """Return the user and the login of the token, or None where there is no bearer token.

        Raises:
            TokenRefused: the token is not valid.
            TooManyAttempts: this address sent too many that are none.
        """
        token = bearer(request)
        if token is None:
            return None
        try:
            family = tokens.family_of(token)
        except tokens.TokenUnknown:
            count_attempt("token", client_address(request))
            raise
        stepup.carry(family.user, family.reauthenticated_at)
        return family.user, family

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 asks for."""
        return "Bearer"


class WebnetSession(SessionAuthentication):
    """The session of somebody signed in to the site; unsafe methods need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return the session's user, with what the session knows about a password entered again; None without one."""
        found = super().authenticate(request)
        if found is not None:
            stepup.carry_session(found[0], getattr(request, "session", None))
        return found

    def authenticate_header(self, request: Request) -> str:
        """Make the anonymous a 401, not a 403."""
        return "Session"


def bearer(request: Request) -> str | None:
    """Return what stands behind ``Authorization: Bearer``; None where nothing does."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def authenticators() -> tuple[type[BaseAuthentication], ...]:
    """Return the ways in that are installed."""
    with_tokens = (BearerAuthentication,) if tokens.available() else ()
    return (KeyAuthentication, *with_tokens, WebnetSession)
