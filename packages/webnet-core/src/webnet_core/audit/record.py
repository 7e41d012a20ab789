"""The one way an audit row comes to be."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import models

from webnet_core.audit.changes import differences
from webnet_core.audit.clients import client_address
from webnet_core.audit.models import AuditEvent
from webnet_core.redact import current
from webnet_core.storable import clean_json, clean_text


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where the act being recorded came from, and by which door: see `AuditEvent`."""

    request_id: str = ""
    address: str = ""
    door: str = ""


_NOWHERE = Origin()
_AT_ONCE = 500
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_origin: ContextVar[Origin] = ContextVar("webnet_audit_origin", default=_NOWHERE)


@contextmanager
def origin(*, request_id: str = "", address: str = "", door: str = "") -> Iterator[None]:
    """Give every audit row written inside the block this request id, address and door."""
    token = _origin.set(Origin(request_id=request_id, address=address, door=door))
    try:
        yield
    finally:
        _origin.reset(token)


@contextmanager
def origin_of(request: Any, *, door: str = "") -> Iterator[str]:
    """Give every audit row written inside the block the id and address of a Django request; gives the id.

    An ``X-Request-ID`` that is not letters, digits and hyphens is not believed: it would stand in logs. What an outer
    block says of a request stays.
    """
    if _origin.get().request_id:
        yield _origin.get().request_id
        return
    given = request.headers.get("X-Request-ID", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
    with origin(request_id=request_id, address=client_address(request), door=door):
        yield request_id


def enter_by(door: str) -> None:
    """Say by which door the act came in whose `origin` block is open; known only once it is known who asks."""
    _origin.set(replace(_origin.get(), door=door))


def record(
    user: Any,
    action: str,
    obj: models.Model | None = None,
    *,
    customer_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one audit row in the caller's transaction.

    Arguments:
        user: who acted; None or the anonymous for the system itself.
        action: dotted verb, as ``jobs.submit``.
        obj: what was acted on; its customer is taken from it where `customer_id` is not given. A site's user may have
            an id that is no number: then only the label tells who it was.
        before: `row_values` of `obj` before the change; of something new there is none.
        after: `row_values` after it; of something removed there is none. What differs is recorded, secrets masked.
        data: what else belongs to the act, with secrets already masked by the caller.
    """
    event = _event(user, action, obj, customer_id=customer_id, before=before, after=after, data=data)
    event.save()
    return event


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One row that one act changed among many: see `record` for what its fields mean."""

    obj: models.Model
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    data: Mapping[str, Any] | None = None


def record_many(user: Any, action: str, changes: Iterable[Change]) -> int:
    """Write one audit row for each change in the caller's transaction, hundreds at a time; return how many."""
    written = 0
    waiting = iter(changes)
    while part := list(islice(waiting, _AT_ONCE)):
        rows = [_event(user, action, one.obj, before=one.before, after=one.after, data=one.data) for one in part]
        AuditEvent.objects.bulk_create(rows)
        written += len(rows)
    return written


def _event(
    user: Any,
    action: str,
    obj: models.Model | None,
    *,
    customer_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEvent:
    known = user if getattr(user, "is_authenticated", False) else None
    where = _origin.get()
    told = {**(data or {}), **differences(type(obj) if obj is not None else None, before, after)}
    return AuditEvent(
        customer_id=customer_id if customer_id is not None else getattr(obj, "customer_id", None),
        user=known,
        user_key=clean_text(known.pk, 64) if known else "",
        username=clean_text(known.get_username(), 150) if known else "",
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None and isinstance(obj.pk, int) else None,
        object_label=clean_text(current().clean(str(obj)), 200) if obj is not None else "",
        data=current().clean_value(clean_json(told)),
        request_id=where.request_id,
        address=clean_text(where.address, 64),
        door=clean_text(where.door, 80),
    )
