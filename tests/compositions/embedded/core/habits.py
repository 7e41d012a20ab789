"""The harbour's own ideas of an API, none of which fits webnet; its settings name them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle


class Semaphore(BaseRenderer):
    """Wraps every answer."""

    media_type = "application/vnd.harbour+json"
    format = "harbour"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the answer, signed by the harbour."""
        return json.dumps({"harbour": data}, default=str).encode()


class Deaf(BaseParser):
    """Understands nothing."""

    media_type = "application/x-morse"


class Closed(BaseThrottle):
    """Lets nobody through."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Refuse."""
        return False


class Pages(PageNumberPagination):
    """Pages with a shape of their own."""

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        """Return the page."""
        count = self.page.paginator.count if self.page is not None else 0
        return Response({"items": data, "of": count})


def sink(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Answer every error alike."""
    return Response({"sunk": type(exc).__name__}, status=418)


def sign(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Sign the description of the harbour's API."""
    return {**result, "x-harbour": True}
