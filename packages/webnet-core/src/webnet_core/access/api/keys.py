"""API keys over REST: everybody's own."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.api.users import one_user
from webnet_core.access.apikeys import create_key, delete_key, keys_of, revoke_key
from webnet_core.access.models import ApiKey
from webnet_core.access.permissions import require_person
from webnet_core.api.fields import Query, list_query
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
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

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


def accounts_keys(request: Request, user_id: str) -> QuerySet[ApiKey]:
    """Return the keys of an account: one's own, or for a global admin anybody's.

    Raises:
        NotFound: there is no such account among those the user sees.
    """
    own = str(request.user.pk) == user_id
    return keys_of(request.user, request.user if own else one_user(request, user_id))


def accounts_key(request: Request, user_id: str, pk: int) -> ApiKey:
    """Return one key of an account; see `accounts_keys`."""
    found = accounts_keys(request, user_id).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


class UserKeyViews(WebnetViewSet):
    """The API keys of an account: one's own, and for a global admin everybody's. Nobody makes a key for another."""

    actions: ClassVar[dict[str, str]] = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "destroy": SIGNED_IN}
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    @answers(200, KeyAnswer(many=True), operation_id="users_api_keys_list")
    def list(self, request: Request, user_id: str) -> Response:
        """List the keys of an account."""
        return self.page(accounts_keys(request, user_id), KeyAnswer)

    @answers(200, KeyAnswer, operation_id="users_api_keys_retrieve")
    def retrieve(self, request: Request, user_id: str, pk: int) -> Response:
        """Show one key of an account."""
        return Response(self.shown(KeyAnswer, accounts_key(request, user_id, pk)))

    @answers(204, None, operation_id="users_api_keys_destroy")
    def destroy(self, request: Request, user_id: str, pk: int) -> Response:
        """Make a key worthless and forget it."""
        delete_key(request.user, accounts_key(request, user_id, pk))
        return Response(status=204)


class UserKeyRevokeView(WebnetAPIView):
    """Ending a key of an account."""

    actions: ClassVar[dict[str, str]] = {"post": SIGNED_IN}

    @answers(204, None, operation_id="users_api_keys_revoke")
    def post(self, request: Request, user_id: str, pk: int) -> Response:
        """Make a key worthless; it stays in the list."""
        key = accounts_key(request, user_id, pk)
        self.no_body()
        revoke_key(request.user, key)
        return Response(status=204)
