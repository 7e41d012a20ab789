"""The one way an audit row comes to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import models

from webnet_core.audit.models import AuditEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where the act being recorded came from."""

    request_id: str = ""
    address: str = ""


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("webnet_audit_origin", default=_NOWHERE)


@contextmanager
def origin(*, request_id: str = "", address: str = "") -> Iterator[None]:
    """Give every audit row written inside the block this request id and address."""
    token = _origin.set(Origin(request_id=request_id, address=address))
    try:
        yield
    finally:
        _origin.reset(token)


def record(
    user: Any,
    action: str,
    obj: models.Model | None = None,
    *,
    customer_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one audit row in the caller's transaction.

    Arguments:
        user: who acted; None or the anonymous for the system itself.
        action: dotted verb, as ``jobs.submit``.
        obj: what was acted on; its customer is taken from it where `customer_id` is not given. A site's user may have
            an id that is no number: then only the label tells who it was.
        data: what changed, with secrets already masked by the caller.
    """
    known = user if getattr(user, "is_authenticated", False) else None
    where = _origin.get()
    return AuditEvent.objects.create(
        customer_id=customer_id if customer_id is not None else getattr(obj, "customer_id", None),
        user=known,
        username=known.get_username()[:150] if known else "",
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None and isinstance(obj.pk, int) else None,
        object_label=str(obj)[:200] if obj is not None else "",
        data=dict(data or {}),
        request_id=where.request_id,
        address=where.address,
    )
