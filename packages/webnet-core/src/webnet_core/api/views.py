"""The base of every view of the API. It takes nothing from the host's REST_FRAMEWORK, and an action that says no
permission cannot be mounted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.http import QueryDict
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from webnet_core.access.models import Customer
from webnet_core.access.permissions import customer_for, require
from webnet_core.access.roles import ACTIONS
from webnet_core.access.scope import ScopedQuerySet
from webnet_core.access.throttles import Use, count_use
from webnet_core.api.authentication import authenticators
from webnet_core.api.doors import door_of
from webnet_core.api.errors import handle
from webnet_core.api.fields import Body, PageQuery, Query
from webnet_core.api.pagination import Page
from webnet_core.api.parsing import AlwaysJSON, PlainRenderer, StrictJSONParser
from webnet_core.api.schema import WebnetSchema
from webnet_core.audit.record import enter_by, origin_of
from webnet_core.exceptions import InvalidInput, NotFound
from webnet_core.ops.metrics import count_request

M = TypeVar("M", bound=models.Model)
PUBLIC = "public"
SIGNED_IN = "signed in"
_CUSTOMER_ID = re.compile(r"[0-9]{1,18}")
_METHODS = ("get", "post", "put", "patch", "delete")


class WebnetAPIView(APIView):
    """A view of the API: JSON in and out, one shape of error, scoped look-ups, a request id.

    `actions` maps each method (of a view set: each action) to the action of `access.roles` it needs, to `SIGNED_IN`
    or to `PUBLIC`; one that is missing is refused when the URLs are loaded. `queries` maps it to the filters it takes;
    any other filter is a 400. `costs` maps it to the rate it counts against, where it has one. A view holds no rules:
    it calls a service.
    """

    described_by_webnet = True
    actions: ClassVar[Mapping[str, str]] = {}
    queries: ClassVar[Mapping[str, type[Query]]] = {}
    costs: ClassVar[Mapping[str, Use]] = {}

    http_method_names = [*_METHODS, "head"]
    authentication_classes = authenticators()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (StrictJSONParser,)
    renderer_classes = (PlainRenderer,)
    content_negotiation_class = AlwaysJSON
    metadata_class = None
    versioning_class = None
    pagination_class: ClassVar[type[Page]] = Page
    schema = WebnetSchema()

    request_id = ""
    query: Mapping[str, Any] = {}

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, which sees to its transactions itself, whatever ATOMIC_REQUESTS says."""
        cls.refuse_undeclared(name for name in _METHODS if hasattr(cls, name))
        return transaction.non_atomic_requests(super().as_view(**initkwargs))

    @classmethod
    def refuse_undeclared(cls, names: Any) -> None:
        """Go on only if every one of `names` says which permission it needs.

        Raises:
            ImproperlyConfigured: one does not, or names an action that no role has.
        """
        for name in names:
            action = cls.actions.get(name)
            if action not in {PUBLIC, SIGNED_IN, *ACTIONS}:
                raise ImproperlyConfigured(
                    f"{cls.__module__}.{cls.__name__}.actions[{name!r}] is {action!r}: name an action of access.roles."
                )

    def query_class(self, name: str) -> type[Query] | None:
        """Return the filters that a method or action takes."""
        return self.queries.get(name)

    def is_public(self, name: str) -> bool:
        """Say whether a method or action is open to everybody."""
        return self.actions.get(name) == PUBLIC

    def get_exception_handler(self) -> Callable[..., Response]:
        """Return ours, not the host's."""
        return handle

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Serve the request under its id, which audit rows and the answer carry."""
        began = time.perf_counter()
        with origin_of(request, door="anonymous") as self.request_id:
            response = super().dispatch(request, *args, **kwargs)
        count_request(request, response.status_code, time.perf_counter() - began)
        response["X-Request-ID"] = self.request_id
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, ask for the permission, then check the query."""
        super().initial(request, *args, **kwargs)
        _refuse_repeated(request.query_params)
        checked = (self.query_class(self.wanted) or Query)(data=request.query_params.dict())
        checked.is_valid(raise_exception=True)
        self.query = checked.validated_data

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, and tell the audit by which door."""
        super().perform_authentication(request)
        enter_by(door_of(request))

    def check_permissions(self, request: Request) -> None:
        """Refuse the anonymous with 401 and the role that does not cover the action with 403."""
        if self.wanted not in self.actions:
            raise MethodNotAllowed(request.method or "")
        action = self.actions[self.wanted]
        if action == PUBLIC:
            return
        if not getattr(request.user, "is_authenticated", False):
            self.permission_denied(request)
        if action == SIGNED_IN:
            self.header_id()  # a number even where nothing depends on it
        else:
            require(request.user, action, self.customer_id)

    def check_throttles(self, request: Request) -> None:
        """Count what costs much, of those who may ask for it."""
        if kind := self.costs.get(self.wanted):
            count_use(kind, request.user)

    @property
    def wanted(self) -> str:
        """The key of `actions` for this request."""
        method = (self.request.method or "").lower()
        return "get" if method == "head" else method

    @cached_property
    def customer_id(self) -> int | None:
        """The customer named by X-Customer-ID, or None.

        Raises:
            NotFound: the user sees no such customer.
            InvalidInput: it is no number.
        """
        named = self.header_id()
        if named is not None and not Customer.objects.for_user(self.request.user).filter(pk=named).exists():
            raise NotFound("There is no such customer among those you may see.")
        return named

    def header_id(self) -> int | None:
        """Return the number in X-Customer-ID, whoever may see that customer; None without one.

        Raises:
            InvalidInput: it is no number, or empty: that is no way to ask for every customer.
        """
        given = self.request.headers.get("X-Customer-ID")
        if given is None:
            return None
        if not _CUSTOMER_ID.fullmatch(given.strip()):
            raise InvalidInput.at("X-Customer-ID", "The id of a customer is a number.", "invalid")
        return int(given)

    def rows(self, model: type[M]) -> ScopedQuerySet[M]:
        """Return the rows of `model` that the user sees, of the customer in the header where there is one."""
        return self.narrow(model.objects.for_user(self.request.user))  # type: ignore[attr-defined]

    def narrow(self, rows: ScopedQuerySet[M]) -> ScopedQuerySet[M]:
        """Keep the rows of the customer in the header."""
        if self.customer_id is None:
            return rows
        path: str = rows.model.customer_path  # type: ignore[attr-defined]
        return rows.filter(**{path: self.customer_id})

    def one(self, rows: ScopedQuerySet[M], pk: int | None = None, **also: Any) -> M:
        """Return one row, by its id or by other columns.

        Raises:
            NotFound: there is none; a foreign one is as unknown as a missing one.
        """
        found = rows.filter(**also if pk is None else {"pk": pk, **also}).first()
        if found is None:
            raise NotFound
        return found

    def owner(self, named: int | None) -> int:
        """Return the customer that something new belongs to: the one in the body, in the header, or the only one.

        Raises:
            InvalidInput: none is named and there are several, body and header differ, or there is no such customer.
        """
        return customer_for(self.request.user, self._same(named))

    def named_customer(self, named: int | None) -> int | None:
        """Return the customer in the body or in the header, or None.

        Raises:
            InvalidInput: body and header differ, or there is no such customer.
        """
        wanted = self._same(named)
        return None if wanted is None else customer_for(self.request.user, wanted)

    def no_body(self) -> None:
        """Refuse a body where none is expected; an empty object is none.

        Raises:
            InvalidInput: there are fields in it.
        """
        self.body(Body)

    def _same(self, named: int | None) -> int | None:
        if named is not None and self.customer_id not in {None, named}:
            raise InvalidInput.at("customer_id", "This differs from X-Customer-ID: send one.", "invalid")
        return named if named is not None else self.customer_id

    def body(self, shape: type[serializers.BaseSerializer[Any]], *, partial: bool = False) -> dict[str, Any]:
        """Return the request's body as `shape` reads it; anything undeclared in it is a 400."""
        checked = shape(data=self.request.data, partial=partial)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def page(self, rows: Any, shape: type[serializers.BaseSerializer[Any]]) -> Response:
        """Return the part of `rows` that the query asks for, in the order it asks for, in the envelope of lists."""
        query = self.query_class(self.wanted)
        if query is not None and issubclass(query, PageQuery):
            rows = query.arrange(rows, self.query)
        pages = self.pagination_class()
        found = pages.paginate_queryset(rows, self.request, self)
        return pages.get_paginated_response(self.shown(shape, found, many=True))

    def shown(self, shape: type[serializers.BaseSerializer[Any]], what: Any, *, many: bool = False) -> Any:
        """Return `what` as `shape` shows it to this user."""
        return shape(what, many=many, context={"request": self.request, "view": self}).data


def _refuse_repeated(query: QueryDict) -> None:
    """Go on only if every filter is given once: of two, one would be left out silently."""
    problem = serializers.ErrorDetail("This filter is given more than once.", code="repeated_filter")
    repeated = {name: [problem] for name, values in query.lists() if len(values) > 1}
    if repeated:
        raise serializers.ValidationError(repeated)


class WebnetViewSet(ViewSetMixin, WebnetAPIView):
    """Several actions on one kind of object; `actions` is keyed by their names."""

    action = ""

    @classmethod
    def as_view(cls, actions: dict[str, Any] | None = None, **initkwargs: Any) -> Any:
        """See `WebnetAPIView.as_view`."""
        cls.refuse_undeclared((actions or {}).values())
        return transaction.non_atomic_requests(super().as_view(actions, **initkwargs))

    def query_class(self, name: str) -> type[Query] | None:
        """Return the filters an action takes; a list takes at least those of its part."""
        return self.queries.get(name) or (PageQuery if name == "list" else None)

    @property
    def wanted(self) -> str:
        """The key of `actions` for this request."""
        return self.action or ""


class UnknownRoute(WebnetAPIView):
    """Answers in the API's own shape where no route fits."""

    described_by_webnet = False
    actions: ClassVar[Mapping[str, str]] = dict.fromkeys(_METHODS, PUBLIC)
    authentication_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say that there is nothing here."""
        raise NotFound("There is nothing at this address of the API.")

    def get(self, request: Request) -> Response:
        """Never reached: `initial` answers."""
        return Response(status=404)

    post = put = patch = delete = get


def methods_of(names: Sequence[str]) -> dict[str, str]:
    """Map HTTP methods to the usual actions: ``methods_of(["list", "create"])``."""
    usual = {
        "list": "get",
        "retrieve": "get",
        "create": "post",
        "update": "put",
        "partial_update": "patch",
        "destroy": "delete",
    }
    return {usual[name]: name for name in names}
