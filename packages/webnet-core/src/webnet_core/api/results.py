"""What devices answered, over REST: across jobs, and as a file."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.access.throttles import Use
from webnet_core.api.fields import Query
from webnet_core.api.pagination import cursor_body
from webnet_core.api.schema import answers
from webnet_core.api.shapes.results import ExportedAnswer, FoundAnswer, FoundListAnswer, FoundQuery, ResultExportQuery
from webnet_core.api.views import WebnetAPIView
from webnet_core.audit.api import streamed
from webnet_core.jobs.results import MEDIA, export_results, find_results


class ResultsView(WebnetAPIView):
    """What devices answered."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": FoundQuery}

    @answers(200, FoundListAnswer, operation_id="results_list")
    def get(self, request: Request) -> Response:
        """List what devices answered, the newest first; `next` reads on."""
        rows = self.narrow(find_results(request.user, self.query)).order_by("-pk")
        if (after := self.query.get("after")) is not None:
            rows = rows.filter(pk__lt=after)
        limit = self.query["limit"]
        found = list(rows[: limit + 1])
        last = found[limit - 1].pk if len(found) > limit else None
        shown = self.shown(FoundAnswer, found[:limit], many=True)
        return Response(cursor_body(request, shown, last=last, more=last is not None))


class ResultExportView(WebnetAPIView):
    """What devices answered, as a file."""

    actions: ClassVar[dict[str, str]] = {"get": "view"}
    costs: ClassVar[dict[str, Use]] = {"get": "EXPORTS"}
    queries: ClassVar[dict[str, type[Query]]] = {"get": ResultExportQuery}
    pagination_class: ClassVar[Any] = None

    @answers(
        200,
        None,
        operation_id="results_export",
        media={
            MEDIA["json"]: ExportedAnswer(many=True),
            "text/csv": OpenApiTypes.STR,
            MEDIA["xlsx"]: OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request) -> Any:
        """Write results out as JSON, CSV or XLSX, the newest first; secrets are masked as in answers."""
        filters = {name: value for name, value in self.query.items() if name != "format"}
        form = self.query["format"]
        rows = self.narrow(find_results(request.user, filters))
        parts = export_results(request.user, rows, form, customer_id=self.customer_id, filters=filters)
        answer = StreamingHttpResponse(streamed(request._request, parts), content_type=MEDIA[form])  # noqa: SLF001 - which server it is
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        answer["Content-Disposition"] = f'attachment; filename="webnet-results-{stamp}.{form}"'
        return answer
