"""Customers over REST."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.api.users import one_user
from webnet_core.access.customers import create_customer, delete_customer, update_customer
from webnet_core.access.memberships import add_member, remove_member
from webnet_core.access.models import Customer
from webnet_core.access.roles import Role
from webnet_core.api.fields import Query, list_query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.access import CustomerAnswer, CustomerBody
from webnet_core.api.shapes.users import MemberBody
from webnet_core.api.views import WebnetAPIView, WebnetViewSet


class CustomerViews(WebnetViewSet):
    """Customers: seen by their members, made and changed by a global admin."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "customers.edit",
        "update": "customers.edit",
        "partial_update": "customers.edit",
        "destroy": "customers.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

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

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a customer that has nothing any more, with the history of its jobs; its audit stays."""
        delete_customer(request.user, self.one(self.rows(Customer), pk))
        return Response(status=204)


class CustomerMemberView(WebnetAPIView):
    """Whether an account belongs to a customer."""

    actions: ClassVar[dict[str, str]] = {"post": "memberships.edit", "delete": "memberships.edit"}

    @answers(204, None, body=MemberBody, operation_id="customers_users_add")
    def post(self, request: Request, pk: int, user_id: str) -> Response:
        """Let an account that you see belong to a customer; one that does already keeps its role."""
        customer = self.one(self.rows(Customer), pk)
        given = self.body(MemberBody)
        add_member(request.user, one_user(request, user_id), customer.pk, given.get("role", Role.VIEWER))
        return Response(status=204)

    @answers(204, None, operation_id="customers_users_remove")
    def delete(self, request: Request, pk: int, user_id: str) -> Response:
        """Take an account's role in a customer away."""
        customer = self.one(self.rows(Customer), pk)
        remove_member(request.user, one_user(request, user_id), customer.pk)
        return Response(status=204)
