"""Lists in one envelope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from webnet_core.paging import part_of

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class Page(BasePagination):
    """``{count, next, previous, results}`` by `limit` and `offset` (`skip` is another name of it)."""

    display_page_controls = False

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the part that the view's checked query asks for."""
        query: Mapping[str, Any] = view.query
        self.request = request
        self.limit = min(query.get("limit", DEFAULT_LIMIT), MAX_LIMIT)
        self.offset = query.get("offset", query.get("skip", 0))
        self.count = queryset.count()
        return list(self.read(queryset))

    def read(self, queryset: Any) -> Any:
        """Return the part of the rows, not asked for yet."""
        if isinstance(queryset, QuerySet):
            return part_of(queryset, self.offset, self.limit, self.count)
        return queryset[self.offset : self.offset + self.limit]

    def get_paginated_response(self, data: Any) -> Response:
        """Return the envelope."""
        return Response({"count": self.count, "next": self._next(), "previous": self._previous(), "results": data})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the envelope."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "results": dict(schema)},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Nothing: the view's query declares them."""
        return []

    def _next(self) -> str | None:
        following = self.offset + self.limit
        return self._link(following) if following < self.count else None

    def _previous(self) -> str | None:
        return self._link(max(0, self.offset - self.limit)) if self.offset else None

    def _link(self, offset: int) -> str:
        url = remove_query_param(self.request.build_absolute_uri(), "skip")
        url = replace_query_param(url, "limit", str(self.limit))
        return replace_query_param(url, "offset", str(offset)) if offset else remove_query_param(url, "offset")


class PageWithTotal(Page):
    """The envelope with `total` beside `count`, for clients that read that name."""

    def get_paginated_response(self, data: Any) -> Response:
        """Return the envelope."""
        response = super().get_paginated_response(data)
        response.data["total"] = self.count
        return response

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the envelope."""
        described = super().get_paginated_response_schema(schema)
        described["required"].append("total")
        described["properties"]["total"] = {"type": "integer"}
        return described


def cursor_body(request: Request, results: Sequence[Any], *, last: int | None, more: bool) -> dict[str, Any]:
    """Return the envelope of a list that is read on from a position; its length is not counted."""
    following = replace_query_param(request.build_absolute_uri(), "after", str(last)) if more else None
    return {"count": None, "next": following, "previous": None, "results": results}
