"""Webhooks, notification rules and deliveries over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db.models import Model, Q
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.api.fields import Query, list_query
from webnet_core.api.idempotency import idempotent
from webnet_core.api.schema import answers
from webnet_core.api.shapes.events import (
    DeliveryAnswer,
    DeliveryQuery,
    EventTypesAnswer,
    NewWebhookAnswer,
    RuleAnswer,
    RuleBody,
    RuleUpdateBody,
    WebhookAnswer,
    WebhookBody,
    WebhookUpdateBody,
)
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.events.deliveries import redeliver
from webnet_core.events.matching import EMAIL
from webnet_core.events.models import MANAGE_WEBHOOKS, Delivery, NotificationRule, Webhook
from webnet_core.events.rules import create_rule, delete_rule, update_rule
from webnet_core.events.webhooks import create_webhook, delete_webhook, rotate_secret, try_webhook, update_webhook
from webnet_core.exceptions import InvalidInput
from webnet_core.plugins.registry import registry

M = TypeVar("M", bound=Model)
VIEW_WEBHOOKS = "webhooks.view"


class EventTypesView(WebnetAPIView):
    """What one may ask to be told of."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}

    @answers(200, EventTypesAnswer, operation_id="event_types_list")
    def get(self, request: Request) -> Response:
        """List the kinds of event and the channels."""
        found = [item for _key, item in sorted(registry("event_types").items())]
        body = {"count": len(found), "next": None, "previous": None, "results": found}
        channels = [item for _key, item in sorted(registry("channels").items())]
        return Response(self.shown(EventTypesAnswer, {**body, "channels": channels}))


class WebhookViews(WebnetViewSet):
    """Addresses of a customer's that are told of events; their secrets are shown once."""

    actions: ClassVar[dict[str, str]] = {
        "list": VIEW_WEBHOOKS,
        "retrieve": VIEW_WEBHOOKS,
        "create": MANAGE_WEBHOOKS,
        "update": MANAGE_WEBHOOKS,
        "partial_update": MANAGE_WEBHOOKS,
        "destroy": MANAGE_WEBHOOKS,
    }
    text = ""
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    @answers(200, WebhookAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the webhooks of customers you are an admin of."""
        rows = self.narrow(Webhook.objects.for_user(request.user, VIEW_WEBHOOKS))
        return self.page(rows.order_by("name", "pk"), WebhookAnswer)

    @answers(200, WebhookAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one webhook."""
        return Response(self.shown(WebhookAnswer, webhook_of(self, pk)))

    @answers(201, NewWebhookAnswer, body=WebhookBody)
    def create(self, request: Request) -> Response:
        """Make a webhook; the answer shows its secret, and nothing ever does again."""
        given = self.body(WebhookBody)
        customer_id = self.owner(given.pop("customer_id", None))
        webhook, self.text = create_webhook(request.user, customer_id, given)
        return Response(self.shown(NewWebhookAnswer, webhook), status=201)

    @answers(200, WebhookAnswer, body=WebhookUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a webhook; what is left out stays."""
        webhook = webhook_of(self, pk)
        changed = update_webhook(request.user, webhook, self.body(WebhookUpdateBody, partial=True))
        return Response(self.shown(WebhookAnswer, changed))

    @answers(200, WebhookAnswer, body=WebhookUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a webhook; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a webhook and its deliveries."""
        delete_webhook(request.user, webhook_of(self, pk))
        return Response(status=204)


class WebhookTestView(WebnetAPIView):
    """Tries a webhook."""

    actions: ClassVar[dict[str, str]] = {"post": MANAGE_WEBHOOKS}

    @answers(202, DeliveryAnswer, operation_id="webhooks_test")
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Send a test; look at the delivery for what became of it."""
        webhook = webhook_of(self, pk)
        self.no_body()
        return Response(self.shown(DeliveryAnswer, try_webhook(request.user, webhook)), status=202)


class WebhookRotateView(WebnetAPIView):
    """Gives a webhook a new secret."""

    actions: ClassVar[dict[str, str]] = {"post": MANAGE_WEBHOOKS}
    text = ""

    @answers(200, NewWebhookAnswer, operation_id="webhooks_rotate_secret")
    def post(self, request: Request, pk: int) -> Response:
        """Make a new secret; the old one signs as well for a while."""
        webhook = webhook_of(self, pk)
        self.no_body()
        changed, self.text = rotate_secret(request.user, webhook)
        return Response(self.shown(NewWebhookAnswer, changed))


class WebhookDeliveryViews(WebnetViewSet):
    """What was sent to a webhook."""

    actions: ClassVar[dict[str, str]] = {"list": VIEW_WEBHOOKS}
    queries: ClassVar[dict[str, type[Query]]] = {"list": DeliveryQuery}

    @answers(200, DeliveryAnswer(many=True), operation_id="webhooks_deliveries_list")
    def list(self, request: Request, pk: int) -> Response:
        """List the deliveries of a webhook, the newest first."""
        rows = Delivery.objects.filter(webhook=webhook_of(self, pk).pk)
        return self.page(narrowed(rows, self.query), DeliveryAnswer)


class RuleViews(WebnetViewSet):
    """Who is told of what: your own rules, a customer's, and those that all customers share."""

    actions: ClassVar[dict[str, str]] = {
        "list": "view",
        "retrieve": "view",
        "create": "notifications.own",
        "update": "notifications.own",
        "partial_update": "notifications.own",
        "destroy": "notifications.own",
    }
    queries: ClassVar[dict[str, type[Query]]] = {"list": list_query("name")}

    def narrow(self, rows: ScopedQuerySet[M]) -> ScopedQuerySet[M]:
        """Keep the rules of the customer in the header, and those that all customers share."""
        if self.customer_id is None:
            return rows
        return rows.filter(Q(customer=self.customer_id) | Q(customer=None))

    @answers(200, RuleAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List the rules you see; where one sends is shown to whoever may change it."""
        rows = self.rows(NotificationRule).select_related("user")
        return self.page(rows.order_by("name", "pk"), RuleAnswer)

    @answers(200, RuleAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one rule."""
        return Response(self.shown(RuleAnswer, rule_of(self, pk)))

    @answers(201, RuleAnswer, body=RuleBody)
    def create(self, request: Request) -> Response:
        """Make a rule: one of your own, or, as an admin, one of a customer's or of all."""
        given = {"channel": EMAIL, **self.body(RuleBody)}
        named, personal, shared = (given.pop(name, None) for name in ("customer_id", "personal", "shared"))
        if shared and (personal or named):
            raise InvalidInput.at("shared", "A shared rule is nobody's own and belongs to no customer.")
        customer_id = None if shared else self.owner(named)
        rule = create_rule(request.user, customer_id, given, personal=bool(personal))
        return Response(self.shown(RuleAnswer, rule), status=201)

    @answers(200, RuleAnswer, body=RuleUpdateBody)
    def update(self, request: Request, pk: int) -> Response:
        """Change a rule; what is left out stays."""
        changed = update_rule(request.user, rule_of(self, pk), self.body(RuleUpdateBody, partial=True))
        return Response(self.shown(RuleAnswer, changed))

    @answers(200, RuleAnswer, body=RuleUpdateBody)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a rule; what is left out stays."""
        return self.update(request, pk)

    @answers(204, None)
    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a rule and its deliveries."""
        delete_rule(request.user, rule_of(self, pk))
        return Response(status=204)


class DeliveryViews(WebnetViewSet):
    """Every message that was to be sent, and what became of it."""

    actions: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": DeliveryQuery}

    @answers(200, DeliveryAnswer(many=True))
    def list(self, request: Request) -> Response:
        """List deliveries, the newest first: those of your own rules, and as an admin those of your customers."""
        return self.page(narrowed(self.rows(Delivery), self.query), DeliveryAnswer)

    @answers(200, DeliveryAnswer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show one delivery."""
        return Response(self.shown(DeliveryAnswer, self.one(self.rows(Delivery), id=pk)))


class RedeliverView(WebnetAPIView):
    """Sends a delivery again."""

    actions: ClassVar[dict[str, str]] = {"post": "notifications.own"}

    @answers(202, DeliveryAnswer, operation_id="deliveries_redeliver")
    @idempotent
    def post(self, request: Request, pk: UUID) -> Response:
        """Send a delivery that has ended once more, under its own id."""
        row = self.one(self.rows(Delivery), id=pk)
        self.no_body()
        return Response(self.shown(DeliveryAnswer, redeliver(request.user, row)), status=202)


def webhook_of(view: WebnetAPIView, pk: int) -> Webhook:
    """Return a webhook that the user of a request may see.

    Raises:
        NotFound: there is none of that id among those.
    """
    return view.one(view.narrow(Webhook.objects.for_user(view.request.user, VIEW_WEBHOOKS)), pk)


def rule_of(view: WebnetAPIView, pk: int) -> NotificationRule:
    """Return a rule that the user of a request may see.

    Raises:
        NotFound: there is none of that id among those.
    """
    return view.one(view.rows(NotificationRule).select_related("user"), pk)


def narrowed(rows: Any, query: Mapping[str, Any]) -> Any:
    """Return the deliveries that every filter of the query fits, the newest first."""
    wanted = {name: query[name] for name in ("state", "event", "channel", "webhook", "rule") if name in query}
    return rows.filter(**wanted).order_by("-created_at", "pk")
