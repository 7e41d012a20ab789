"""htmx on the server: who asks, and what a response tells the page. Works with htmx 2 and 4 and without django-htmx."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)
_TRIGGER = "HX-Trigger"


def is_fragment_request(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page; a history restore wants the whole one."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def signal(response: R, name: str, detail: dict[str, Any] | None = None) -> R:
    """Make the page dispatch event `name` once the response is in; several signals may ride on one response."""
    signals = json.loads(response.headers.get(_TRIGGER, "{}"))
    signals[name] = detail or {}
    response.headers[_TRIGGER] = json.dumps(signals)
    return response


def toast(response: R, text: str, kind: str = "ok", **extra: str) -> R:
    """Show a toast; `kind` is a status key. Failures stay until closed. `extra`: ``note``, ``href`` with ``link``."""
    return signal(response, "webnet:toast", {"text": text, "kind": kind, **extra})


def refresh(response: R, part: str) -> R:
    """Make the part of the page named `part` fetch itself anew."""
    return signal(response, "webnet:refresh", {"part": part})


def close_dialog(response: R) -> R:
    """Close the dialog that the request came from."""
    return signal(response, "webnet:close-dialog")


def redirect_client(url: str) -> HttpResponse:
    """Return a response that makes htmx leave for `url`."""
    return HttpResponse(headers={"HX-Redirect": url})
