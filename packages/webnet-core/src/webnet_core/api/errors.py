"""Every error of the API in one shape, and no input that makes it fail with a 5xx."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.signals import got_request_exception
from django.db import Error, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.settings import api_settings

from webnet_core.access.guard_triggers import refusal
from webnet_core.access.login import InvalidCredentials
from webnet_core.access.throttles import CountersUnavailable, TooManyAttempts
from webnet_core.access.tokens import TokenRefused
from webnet_core.access.validation import Overtaken, was_overtaken
from webnet_core.exceptions import (
    Conflict,
    DatabaseUnusable,
    FieldError,
    InvalidInput,
    NotFound,
    PermissionDenied,
    SubmissionRefused,
    WebnetError,
)

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[WebnetError], int], ...] = (
    (InvalidInput, 400),
    (InvalidCredentials, 401),
    (TokenRefused, 401),
    (PermissionDenied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooManyAttempts, 429),
    (CountersUnavailable, 503),
    (DatabaseUnusable, 503),
)
_DRF_CODES: tuple[tuple[type[drf.APIException], str], ...] = (
    (drf.ParseError, "bad_json"),
    (drf.NotAuthenticated, "not_authenticated"),
    (drf.AuthenticationFailed, "not_authenticated"),
    (drf.PermissionDenied, "permission_denied"),
    (drf.NotFound, "not_found"),
    (drf.MethodNotAllowed, "method_not_allowed"),
    (drf.UnsupportedMediaType, "unsupported_media_type"),
    (drf.NotAcceptable, "not_acceptable"),
    (drf.Throttled, "too_many_requests"),
)


class BodyTooLarge(drf.APIException):
    """The body is larger than the API takes."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than the API takes."


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Answer for an error that a view raised; DRF calls this with the view and the request in `context`."""
    view = context["view"]
    if isinstance(error, WebnetError):
        response = _from_webnet(error, view)
    elif isinstance(error, drf.ValidationError):
        response = error_response(view, 400, InvalidInput(errors=list(flatten(error.detail))))
    elif isinstance(error, drf.APIException):
        response = _from_drf(error, view)
    else:
        response = _from_django(error, context)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def error_response(view: Any, status: int, error: WebnetError, code: str = "") -> Response:
    """Return the one shape of an error."""
    errors = [asdict(item) for item in getattr(error, "errors", ())]
    body = {
        "code": code or error.code,
        "message": error.message,
        "errors": errors,
        "request_id": getattr(view, "request_id", ""),
        "detail": error.message,
    }
    return Response(body, status=status)


def flatten(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Yield each message of a DRF validation error with its dotted path."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = path if name == api_settings.NON_FIELD_ERRORS_KEY else f"{path}.{name}".lstrip(".")
            yield from flatten(inner, here)
    elif isinstance(detail, (list, tuple)):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list, tuple))
            if not nested or inner:
                yield from flatten(inner, f"{path}.{number}".lstrip(".") if nested else path)
    else:
        yield FieldError(path=path, message=str(detail), code=getattr(detail, "code", None) or "invalid")


def _from_webnet(error: WebnetError, view: Any) -> Response:
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        log.error("%s failed: %s", type(view).__name__, error, exc_info=error)
    response = error_response(view, status, error)
    if isinstance(error, SubmissionRefused):
        response.data["errors"] = [
            {"path": "targets", "message": veto.message, "code": veto.code, "device_ids": list(veto.device_ids)}
            for veto in error.vetoes
        ]
    for name in ("used_by", "action"):
        if name in error.data:
            response.data[name] = error.data[name]
    if isinstance(error, (TooManyAttempts, CountersUnavailable, DatabaseUnusable)):
        response["Retry-After"] = str(error.retry_after)
    return response


def _from_drf(error: drf.APIException, view: Any) -> Response:
    code = next((name for kind, name in _DRF_CODES if isinstance(error, kind)), str(error.default_code))
    specific = getattr(error.detail, "code", "")
    if code == "permission_denied" and specific:
        code = str(specific)
    response = error_response(view, error.status_code, WebnetError(str(error.detail)), code)
    wait = getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait))
    return response


def _from_django(error: Exception, context: Mapping[str, Any]) -> Response:
    view = context["view"]
    if isinstance(error, RequestDataTooBig):
        return _from_drf(BodyTooLarge(), view)
    if known := _meaning(error):
        return _from_webnet(known, view)
    log.error("%s failed.", type(view).__name__, exc_info=error)
    # What watches the site for errors hears of it as of any other view's.
    got_request_exception.send(sender=type(view), request=context["request"])
    if isinstance(error, (InterfaceError, OperationalError)):
        return _from_webnet(DatabaseUnusable("The site's database does not answer just now; try again."), view)
    return error_response(
        view, 500, WebnetError("Something failed on the server; its log has the request id."), "error"
    )


def _meaning(error: Exception) -> WebnetError | None:
    """Return what an error of Django's tells the caller; None where it is a fault of ours."""
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, ObjectDoesNotExist):
        log.warning("A row was removed between the look at it and the lock on it.", exc_info=error)
        return NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return PermissionDenied()
    if isinstance(error, SuspiciousOperation):
        return InvalidInput("This request was refused as malformed.")
    if isinstance(error, Error):
        return refusal(error) or (Overtaken() if was_overtaken(error) else None)
    return None
