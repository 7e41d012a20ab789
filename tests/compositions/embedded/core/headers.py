"""What the harbour does with every request: it reads it, stamps the answer and sinks what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class StampMiddleware:
    """Adds a header, and knows no asynchronous requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["X-Harbour"] = "open"
        return response


class CuriousMiddleware:
    """Reads what was sent before anybody else does, and answers every error of a view alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        len(request.body)
        len(request.POST)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Sink it, unless there is nothing at the address."""
        if isinstance(exception, Http404):
            return None
        return HttpResponse(f"sunk: {type(exception).__name__}", status=418)
