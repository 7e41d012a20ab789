"""Repeating a POST safely: the same `Idempotency-Key` gives the first answer again and does nothing twice.

After the IETF draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header): a key belongs
to the user who sent it, and is bound to what was sent with it the first time.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from webnet_core.api.parsing import PlainRenderer
from webnet_core.exceptions import Conflict, InvalidInput
from webnet_core.jobs.models import IdempotencyRecord

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[!-~]{1,200}")


class IdempotencyKeyReused(Conflict):
    """This Idempotency-Key was sent before with another request; send a new one."""


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """Let a view's method honour `Idempotency-Key`.

    The first request with a key runs in the transaction that keeps its answer, so the work and the record of it are
    there together or not at all; one that fails leaves the key free. Requests at the same moment wait for the first.
    """

    @functools.wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = _key_of(request)
        if key is None:
            return method(view, request, *args, **kwargs)
        digest = _digest_of(request)
        user: Any = request.user
        earlier = _record(user, key)
        if earlier is None:
            try:
                with transaction.atomic():
                    kept = IdempotencyRecord.objects.create(user=user, key=key, digest=digest)
                    response = method(view, request, *args, **kwargs)
                    kept.status, kept.body = response.status_code, _plain(response.data)
                    kept.save(update_fields=["status", "body"])
                    return response
            except IntegrityError:
                earlier = _record(user, key)
                if earlier is None:
                    raise
        return _replayed(earlier, digest)

    once.idempotent = True  # type: ignore[attr-defined]
    return once


def _key_of(request: Request) -> str | None:
    given: str | None = request.headers.get(HEADER)
    if given is None:
        return None
    # The draft writes the key as a quoted string, most clients send it bare.
    key = given.strip().removeprefix('"').removesuffix('"')
    if not _KEY.fullmatch(key):
        message = "An Idempotency-Key is 1 to 200 visible ASCII characters, as a random UUID."
        raise InvalidInput.at(HEADER, message)
    return key


def _digest_of(request: Request) -> str:
    meant = [request.method, request.path.rstrip("/"), request.headers.get("X-Customer-ID", ""), request.data]
    return hashlib.sha256(json.dumps(meant, sort_keys=True, default=_content).encode()).hexdigest()


def _content(sent: Any) -> str:
    return str(sent.digest)  # a file that was sent


def _record(user: Any, key: str) -> IdempotencyRecord | None:
    return IdempotencyRecord.objects.filter(user=user, key=key).first()


def _replayed(earlier: IdempotencyRecord, digest: str) -> Response:
    if earlier.digest != digest:
        raise IdempotencyKeyReused
    return Response(earlier.body, status=earlier.status, headers={REPLAYED: "true"})


def _plain(data: Any) -> Any:
    return json.loads(PlainRenderer().render(data) or b"null")
