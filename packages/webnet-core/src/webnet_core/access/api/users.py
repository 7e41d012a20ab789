"""Accounts and memberships over REST."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access import memberships, users
from webnet_core.access.models import Membership
from webnet_core.access.throttles import count_attempt
from webnet_core.api.fields import PageQuery, Query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.users import (
    MemberAnswer,
    MembershipBody,
    RegisterBody,
    RoleBody,
    UserAnswer,
    UserBody,
    UserUpdateBody,
)
from webnet_core.api.views import PUBLIC, WebnetAPIView, WebnetViewSet
from webnet_core.audit.clients import client_address
from webnet_core.exceptions import InvalidInput, NotFound


class RegisterView(WebnetAPIView):
    """Makes an account for whoever asks, where the site allows that."""

    actions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    authentication_classes = ()

    @answers(201, UserAnswer, body=RegisterBody, operation_id="auth_register")
    def post(self, request: Request) -> Response:
        """Make an account; it belongs to no customer until an admin gives it a role."""
        given = self.body(RegisterBody)
        given.pop("role", None)
        count_attempt("login", client_address(request))
        return Response(self.shown(UserAnswer, users.register_user(given)), status=201)


class UserQuery(PageQuery):
    """Which accounts to list, by the name their users sign in with, whatever the site's user model calls it."""

    searched = (get_user_model().USERNAME_FIELD,)
    ordered: ClassVar[dict[str, str]] = {"username": get_user_model().USERNAME_FIELD, "id": "pk"}


class UserViews(WebnetViewSet):
    """Accounts: an admin sees those in their customers, a global admin changes all."""

    actions: ClassVar[dict[str, str]] = {
        "list": "users.view",
        "retrieve": "users.view",
        "create": "users.edit",
        "update": "users.edit",
        "partial_update": "users.edit",
        "destroy": "users.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": UserQuery}

    @answers(200, UserAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the accounts you see."""
        rows = users.visible_users(request.user)
        if self.customer_id is not None:
            rows = rows.filter(pk__in=Membership.objects.filter(customer=self.customer_id).values("user"))
        held = Prefetch("webnet_memberships", memberships.visible_memberships(request.user), to_attr="_webnet_held")
        return self.page(rows.prefetch_related(held), UserAnswer)

    @answers(200, UserAnswer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show one account."""
        return Response(self.shown(UserAnswer, one_user(request, pk)))

    @answers(201, UserAnswer, body=UserBody)
    def create(self, request: Request) -> Response:
        """Make an account for somebody else."""
        made = users.create_user(request.user, self.body(UserBody))
        return Response(self.shown(UserAnswer, made), status=201)

    @answers(200, UserAnswer, body=UserUpdateBody)
    def update(self, request: Request, pk: str) -> Response:
        """Change an account; what is left out stays. A new password, or a closed account, ends its logins."""
        account = one_user(request, pk)
        changed = users.update_user(request.user, account, self.body(UserUpdateBody, partial=True))
        return Response(self.shown(UserAnswer, changed))

    @answers(200, UserAnswer, body=UserUpdateBody)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change an account; what is left out stays. A new password, or a closed account, ends its logins."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove an account with its roles, keys and logins; the audit keeps its name."""
        users.delete_user(request.user, one_user(request, pk))
        return Response(status=204)


class UserActivateView(WebnetAPIView):
    """Opens an account."""

    actions: ClassVar[dict[str, str]] = {"post": "users.edit"}

    @answers(200, UserAnswer, operation_id="users_activate")
    def post(self, request: Request, pk: str) -> Response:
        """Open a closed account again; nothing that ended with it comes back."""
        account = one_user(request, pk)
        self.no_body()
        users.activate_user(request.user, account)
        return Response(self.shown(UserAnswer, account))


class UserDeactivateView(WebnetAPIView):
    """Closes an account."""

    actions: ClassVar[dict[str, str]] = {"post": "users.edit"}

    @answers(200, UserAnswer, operation_id="users_deactivate")
    def post(self, request: Request, pk: str) -> Response:
        """Close an account; its logins, sessions, sockets and API keys end."""
        account = one_user(request, pk)
        self.no_body()
        users.deactivate_user(request.user, account)
        return Response(self.shown(UserAnswer, account))


class MembershipViews(WebnetViewSet):
    """Who has which role where: an admin's own customers, a global admin's all."""

    actions: ClassVar[dict[str, str]] = {
        "list": "memberships.edit",
        "retrieve": "memberships.edit",
        "create": "memberships.edit",
        "update": "memberships.edit",
        "partial_update": "memberships.edit",
        "destroy": "memberships.edit",
    }

    @answers(200, MemberAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the memberships you may change."""
        rows = memberships.visible_memberships(request.user)
        return self.page(rows if self.customer_id is None else rows.filter(customer=self.customer_id), MemberAnswer)

    @answers(200, MemberAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one membership."""
        return Response(self.shown(MemberAnswer, one_membership(request, pk)))

    @answers(201, MemberAnswer, body=MembershipBody)
    def create(self, request: Request) -> Response:
        """Give an account that exists a role in a customer, or everywhere."""
        given = self.body(MembershipBody)
        if self.customer_id not in {None, given["customer_id"]}:
            raise InvalidInput.at("customer_id", "This differs from X-Customer-ID: send one.", "invalid")
        memberships.require_granting(request.user, given["customer_id"])
        account = named_user(given["username"])
        made = memberships.grant(request.user, account, given["customer_id"], given["role"])
        return Response(self.shown(MemberAnswer, made), status=201)

    @answers(200, MemberAnswer, body=RoleBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a role."""
        row = one_membership(request, pk)
        given = self.body(RoleBody)
        return Response(self.shown(MemberAnswer, memberships.set_role(request.user, row, given["role"])))

    @answers(200, MemberAnswer, body=RoleBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a role."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Take a role away."""
        memberships.revoke(request.user, one_membership(request, pk))
        return Response(status=204)


def one_user(request: Request, pk: str) -> Any:
    """Return an account among those the user sees.

    Raises:
        NotFound: there is none of that id.
    """
    try:
        found = users.visible_users(request.user).filter(pk=pk).first()
    except (ValueError, ValidationError, OverflowError):
        found = None
    if found is None:
        raise NotFound
    return found


def one_membership(request: Request, pk: int) -> Membership:
    """Return a membership among those the user may change.

    Raises:
        NotFound: there is none of that id.
    """
    found = memberships.visible_memberships(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def named_user(username: str) -> Any:
    """Return the account of a name, whichever customers it belongs to.

    Raises:
        InvalidInput: there is none, or it is closed.
    """
    model = get_user_model()
    found = model._default_manager.filter(**{model.USERNAME_FIELD: username}, is_active=True).first()  # noqa: SLF001 - documented
    if found is None:
        raise InvalidInput.at("username", f"There is no active account {username!r}.", "unknown_user")
    return found
