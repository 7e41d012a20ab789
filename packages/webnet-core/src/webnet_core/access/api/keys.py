"""API keys over REST: everybody's own."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.apikeys import create_key, delete_key, revoke_key
from webnet_core.access.models import ApiKey
from webnet_core.access.permissions import require_person
from webnet_core.api.schema import answers
from webnet_core.api.shapes.keys import KeyAnswer, KeyBody, NewKeyAnswer
from webnet_core.api.views import SIGNED_IN, WebnetAPIView, WebnetViewSet
from webnet_core.exceptions import NotFound


class KeyViews(WebnetViewSet):
    """The API keys of the user who asks; a key itself asks in vain."""

    actions: ClassVar[dict[str, str]] = {
        "list": SIGNED_IN,
        "retrieve": SIGNED_IN,
        "create": SIGNED_IN,
        "destroy": SIGNED_IN,
    }
    text = ""

    @answers(200, KeyAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List your API keys."""
        require_person(request.user)
        return self.page(ApiKey.objects.for_user(request.user).order_by("name", "pk"), KeyAnswer)

    @answers(200, KeyAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one of your API keys."""
        return Response(self.shown(KeyAnswer, own_key(request, pk)))

    @answers(201, NewKeyAnswer, body=KeyBody)
    def create(self, request: Request) -> Response:
        """Make an API key for yourself; the answer shows it, and nothing ever does again."""
        require_person(request.user)
        given = self.body(KeyBody)
        given["customer_id"] = self.named_customer(given.get("customer_id"))
        key, self.text = create_key(request.user, given)
        return Response(self.shown(NewKeyAnswer, key), status=201)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Make one of your API keys worthless and forget it."""
        delete_key(request.user, own_key(request, pk))
        return Response(status=204)


class KeyRevokeView(WebnetAPIView):
    """Makes an API key worthless."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(204, None, operation_id="api_keys_revoke")
    def post(self, request: Request, pk: int) -> Response:
        """Make one of your API keys worthless; it stays in the list."""
        key = own_key(request, pk)
        self.no_body()
        revoke_key(request.user, key)
        return Response(status=204)


def own_key(request: Request, pk: int) -> ApiKey:
    """Return a key of the user who asks.

    Raises:
        NotFound: they have none of that id.
        PersonRequired: a key asks.
    """
    require_person(request.user)
    found = ApiKey.objects.for_user(request.user).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
