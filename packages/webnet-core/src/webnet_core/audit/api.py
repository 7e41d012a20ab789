"""The audit over REST: for admins of a customer what happened in it, for global admins everything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, ClassVar, TypeVar

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.scope import customer_ids
from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.pagination import cursor_body
from webnet_core.api.schema import answers
from webnet_core.api.shapes.audit import EventListAnswer, EventQuery, EventRowAnswer, ExportQuery
from webnet_core.api.views import WebnetAPIView, WebnetViewSet
from webnet_core.audit.exports import MEDIA, export_events, find_events

P = TypeVar("P", str, bytes)


class AuditViews(WebnetViewSet):
    """What happened, the newest first."""

    actions: ClassVar[dict[str, str]] = {"list": "audit.view", "retrieve": "audit.view"}
    queries: ClassVar[dict[str, type[Query]]] = {"list": EventQuery}

    @answers(200, EventListAnswer, operation_id="audit_list")
    def list(self, request: Request) -> Response:
        """List what happened, the newest first; `next` reads on."""
        rows = self.narrow(find_events(request.user, self.query)).order_by("-pk")
        if (after := self.query.get("after")) is not None:
            rows = rows.filter(pk__lt=after)
        limit = self.query["limit"]
        found = list(rows[: limit + 1])
        last = found[limit - 1].pk if len(found) > limit else None
        shown = self.shown(EventRowAnswer, found[:limit], many=True)
        return Response(cursor_body(request, shown, last=last, more=last is not None))

    @answers(200, EventRowAnswer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one event."""
        return Response(self.shown(EventRowAnswer, self.one(self.narrow(find_events(request.user, {})), pk)))


class AuditExportView(WebnetAPIView):
    """The audit as a file."""

    actions: ClassVar[dict[str, str]] = {"get": "audit.view"}
    costs: ClassVar[dict[str, Use]] = {"get": "EXPORTS"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": ExportQuery}

    @answers(200, OpenApiTypes.STR, operation_id="audit_export", media=("text/csv", "application/x-ndjson"))
    def get(self, request: Request) -> Any:
        """Write out what happened as CSV or as JSON lines, the oldest first."""
        filters = {name: value for name, value in self.query.items() if name != "format"}
        form = self.query["format"]
        rows = self.narrow(find_events(request.user, filters))
        pages = export_events(request.user, rows, form, customer_id=self._audited(), filters=filters)
        answer = StreamingHttpResponse(streamed(request._request, pages), content_type=MEDIA[form])  # noqa: SLF001 - which server it is
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        answer["Content-Disposition"] = f'attachment; filename="webnet-audit-{stamp}.{form}"'
        return answer

    def _audited(self) -> int | None:
        """Return the customer whose audit shows the export: the one asked for, or the only one the user sees."""
        allowed = customer_ids(self.request.user, "audit.view")
        wanted = self.customer_id or self.query.get("customer_id")
        if wanted is not None and (allowed is None or wanted in allowed):
            return int(wanted)
        return next(iter(allowed)) if allowed is not None and len(allowed) == 1 else None


def streamed(request: Any, pages: Iterator[P]) -> Iterator[P] | AsyncIterator[P]:
    """Return the pages as the server reads them: an ASGI server would gather all of a plain iterator in memory."""
    return _awaited(pages) if isinstance(request, ASGIRequest) else pages


async def _awaited(pages: Iterator[P]) -> AsyncIterator[P]:
    following = sync_to_async(lambda: next(pages, None))
    while (page := await following()) is not None:
        yield page
