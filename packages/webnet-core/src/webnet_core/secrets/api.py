"""Credentials over REST; their secrets go in and never come out."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.fields import Query, list_query
from webnet_core.api.schema import answers
from webnet_core.api.shapes.secrets import CredentialAnswer, CredentialBody, CredentialUpdateBody
from webnet_core.api.views import WebnetViewSet
from webnet_core.secrets.credentials import create_credential, delete_credential, update_credential
from webnet_core.secrets.models import Credential


class CredentialViews(WebnetViewSet):
    """Logins for devices."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "credentials.edit",
        "update": "credentials.edit",
        "partial_update": "credentials.edit",
        "destroy": "credentials.edit",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name", "username")}

    @answers(200, CredentialAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the credentials you see."""
        return self.page(self.rows(Credential).order_by("name", "pk"), CredentialAnswer)

    @answers(200, CredentialAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one credential."""
        return Response(self.shown(CredentialAnswer, self.one(self.rows(Credential), pk)))

    @answers(201, CredentialAnswer, body=CredentialBody)
    def create(self, request: Request) -> Response:
        """Store a credential."""
        given = self.body(CredentialBody)
        customer_id = self.owner(given.pop("customer_id", None))
        credential = create_credential(request.user, customer_id, given)
        return Response(self.shown(CredentialAnswer, credential), status=201)

    @answers(200, CredentialAnswer, body=CredentialUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a credential; what is left out stays, an empty secret is removed."""
        credential = self.one(self.rows(Credential), pk)
        changed = update_credential(request.user, credential, self.body(CredentialUpdateBody, partial=True))
        return Response(self.shown(CredentialAnswer, changed))

    @answers(200, CredentialAnswer, body=CredentialUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a credential; what is left out stays, an empty secret is removed."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a credential that no device uses."""
        delete_credential(request.user, self.one(self.rows(Credential), pk))
        return Response(status=204)
