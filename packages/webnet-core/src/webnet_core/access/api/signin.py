"""Signing in and out over REST, and the user who asks."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

from django.contrib.auth import logout
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access import stepup, tokens
from webnet_core.access.login import InvalidCredentials, check_password
from webnet_core.access.models import RefreshFamily
from webnet_core.access.permissions import require_person
from webnet_core.access.throttles import count_attempt
from webnet_core.api.schema import answers
from webnet_core.api.shapes.access import (
    LoginAnswer,
    LoginBody,
    LogoutBody,
    MeAnswer,
    ReauthenticateBody,
    ReauthenticatedAnswer,
    RefreshBody,
    TokenAnswer,
)
from webnet_core.api.views import PUBLIC, SIGNED_IN, WebnetAPIView, WebnetViewSet
from webnet_core.audit.clients import client_address
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import NotFound


class LoginView(WebnetAPIView):
    """Exchanges username and password, and the code of a second factor where the user has one, for tokens."""

    actions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    authentication_classes = ()

    @answers(200, TokenAnswer, body=LoginBody, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign in."""
        given = self.body(LoginBody)
        user = check_password(
            request._request,  # noqa: SLF001 - backends get Django's request
            given["username"],
            given["password"],
            code=given.get("code", ""),
        )
        return Response(token_answer(tokens.start_family(user, client_address(request))))


class RefreshView(WebnetAPIView):
    """Exchanges a refresh token for a new pair."""

    actions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    authentication_classes = ()

    @answers(200, TokenAnswer, body=RefreshBody, operation_id="auth_refresh")
    def post(self, request: Request) -> Response:
        """Refresh; a refresh token that is used twice ends its login."""
        given = self.body(RefreshBody)
        try:
            pair = tokens.rotate(given.get("refresh") or given["refresh_token"])
        except tokens.TokenUnknown:
            count_attempt("token", client_address(request))
            raise
        return Response(token_answer(pair))


class LogoutView(WebnetAPIView):
    """Ends the login that asks."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(204, None, body=LogoutBody, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """Sign out."""
        require_person(request.user)
        given = self.body(LogoutBody)
        other = given.get("refresh") or given.get("refresh_token")
        if other is not None and tokens.available():
            # A login that has ended, or was never one, keeps nobody from signing out.
            with contextlib.suppress(tokens.TokenRefused):
                family = tokens.family_of(other, "refresh")
                if family.user == request.user:
                    tokens.revoke(family, "logout")
        if isinstance(request.auth, RefreshFamily):
            tokens.revoke(request.auth, "logout")
            record(request.user, "auth.logout", request.auth.user)
        else:
            logout(request._request)  # noqa: SLF001 - Django's sessions know Django's request
        return Response(status=204)


class ReauthenticateView(WebnetAPIView):
    """Takes the password once more from somebody signed in, before they do what needs it."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(200, ReauthenticatedAnswer, body=ReauthenticateBody, operation_id="auth_reauthenticate")
    def post(self, request: Request) -> Response:
        """Enter the password again; for a while, this login may then point devices elsewhere."""
        require_person(request.user)
        given = self.body(ReauthenticateBody)
        plain = request._request  # noqa: SLF001 - backends and sessions know Django's request
        code = given.get("code", "")
        user = check_password(
            plain, request.user.get_username(), given["password"], code=code, action="auth.reauthenticate"
        )
        if user != request.user:
            raise InvalidCredentials
        if isinstance(request.auth, RefreshFamily):
            tokens.mark_reauthenticated(request.auth)
        else:
            stepup.mark_session(plain.session, user)
        return Response({"expires_in": int(settings.CORE.STEP_UP_SECONDS)})


class LoginViews(WebnetViewSet):
    """The logins by token of the user who asks."""

    actions: ClassVar[dict[str, str]] = {"list": SIGNED_IN, "destroy": SIGNED_IN}

    @answers(200, LoginAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List your logins whose tokens are still accepted."""
        require_person(request.user)
        return self.page(tokens.live_families(request.user), LoginAnswer)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """End one of your logins."""
        require_person(request.user)
        family = tokens.live_families(request.user).filter(pk=pk).first()
        if family is None:
            raise NotFound
        tokens.revoke(family, "ended by its user")
        record(request.user, "auth.end_login", family)
        return Response(status=204)


class MeView(WebnetAPIView):
    """The user who asks."""

    actions: ClassVar[dict[str, str]] = {"get": SIGNED_IN}

    @answers(200, MeAnswer, operation_id="auth_me")
    def get(self, request: Request) -> Response:
        """Show who is signed in, with roles and customers."""
        return Response(self.shown(MeAnswer, request.user))


def token_answer(pair: tokens.TokenPair) -> dict[str, Any]:
    """Return a pair under all the names clients know."""
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "bearer",
        "expires_in": pair.expires_in,
    }
