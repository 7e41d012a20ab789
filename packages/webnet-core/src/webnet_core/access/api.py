"""Signing in and out over REST, the user who asks, and customers."""

from __future__ import annotations

import contextlib
from typing import Any, ClassVar

from django.contrib.auth import logout
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access import tokens
from webnet_core.access.customers import create_customer, update_customer
from webnet_core.access.login import check_password
from webnet_core.access.models import Customer, RefreshFamily
from webnet_core.api.schema import answers
from webnet_core.api.shapes.access import (
    CustomerAnswer,
    CustomerBody,
    LoginBody,
    LogoutBody,
    MeAnswer,
    RefreshBody,
    TokenAnswer,
)
from webnet_core.api.views import PUBLIC, SIGNED_IN, WebnetAPIView, WebnetViewSet
from webnet_core.audit.record import record


class LoginView(WebnetAPIView):
    """Exchanges username and password, and the code of a second factor where the user has one, for tokens."""

    actions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    authentication_classes = ()

    @answers(200, TokenAnswer, body=LoginBody, operation_id="auth_login")
    def post(self, request: Request) -> Response:
        """Sign in."""
        given = self.body(LoginBody)
        address = request.META.get("REMOTE_ADDR", "")
        user = check_password(
            request._request,  # noqa: SLF001 - backends get Django's request
            given["username"],
            given["password"],
            address=address,
            code=given.get("code", ""),
        )
        return Response(token_answer(tokens.start_family(user)))


class RefreshView(WebnetAPIView):
    """Exchanges a refresh token for a new pair."""

    actions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    authentication_classes = ()

    @answers(200, TokenAnswer, body=RefreshBody, operation_id="auth_refresh")
    def post(self, request: Request) -> Response:
        """Refresh; a refresh token that is used twice ends its login."""
        given = self.body(RefreshBody)
        return Response(token_answer(tokens.rotate(given.get("refresh") or given["refresh_token"])))


class LogoutView(WebnetAPIView):
    """Ends the login that asks."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(204, None, body=LogoutBody, operation_id="auth_logout")
    def post(self, request: Request) -> Response:
        """Sign out."""
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


class MeView(WebnetAPIView):
    """The user who asks."""

    actions: ClassVar[dict[str, str]] = {"get": SIGNED_IN}

    @answers(200, MeAnswer, operation_id="auth_me")
    def get(self, request: Request) -> Response:
        """Show who is signed in, with roles and customers."""
        return Response(self.shown(MeAnswer, request.user))


class CustomerViews(WebnetViewSet):
    """Customers: seen by their members, made and changed by a global admin."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "customers.edit",
        "update": "customers.edit",
        "partial_update": "customers.edit",
    }

    @answers(200, CustomerAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the customers you see."""
        return self.page(self.rows(Customer).order_by("name"), CustomerAnswer)

    @answers(200, CustomerAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one customer."""
        return Response(self.shown(CustomerAnswer, self.one(self.rows(Customer), pk)))

    @answers(201, CustomerAnswer, body=CustomerBody)
    def create(self, request: Request) -> Response:
        """Make a customer."""
        customer = create_customer(request.user, self.body(CustomerBody))
        return Response(self.shown(CustomerAnswer, customer), status=201)

    @answers(200, CustomerAnswer, body=CustomerBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a customer; what is left out stays."""
        customer = self.one(self.rows(Customer), pk)
        changed = update_customer(request.user, customer, self.body(CustomerBody, partial=True))
        return Response(self.shown(CustomerAnswer, changed))

    @answers(200, CustomerAnswer, body=CustomerBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a customer; what is left out stays."""
        return self.update(request, pk)


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
