"""The one way to write an audit row as bytes, on whatever database and in whatever time zone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.timezone import is_naive, make_aware

from webnet_core.audit.models import AuditEvent

VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def seal_of(row: AuditEvent, number: int, previous: str) -> str:
    """Return the seal (SHA-256, hexadecimal) of a row.

    Arguments:
        number: the row's place in the chain of its customer, from 1.
        previous: the seal of the row before it; empty for the first.
    """
    return hashlib.sha256(canonical_bytes(row, number, previous)).hexdigest()


def canonical_bytes(row: AuditEvent, number: int, previous: str) -> bytes:
    """Return what the seal of a row is taken of.

    The user's foreign key is left out, for it is emptied when the user goes; `user_key` and `username` stand for it.
    """
    return write_json(
        {
            "v": VERSION,
            "number": number,
            "previous": previous,
            "id": row.pk,
            "ts": microseconds(row.ts),
            "customer": row.customer_id,
            "user_key": row.user_key,
            "username": row.username,
            "action": row.action,
            "object_type": row.object_type,
            "object_id": row.object_id,
            "object_label": row.object_label,
            "data": row.data,
            "request_id": row.request_id,
            "address": row.address,
            "door": row.door,
        }
    ).encode("ascii")


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970 in UTC, a number that no database and no time zone renders differently."""
    aware = make_aware(moment) if is_naive(moment) else moment
    return (aware - _EPOCH) // _MICROSECOND


def write_json(value: Any) -> str:
    """Return JSON in ASCII without spaces, keys sorted, a number that is whole without point or exponent.

    PostgreSQL keeps JSON as jsonb, which reorders keys and turns 1e3 into 1000; SQLite keeps the text as it was.
    """
    if isinstance(value, Mapping):
        parts = (f"{json.dumps(key)}:{write_json(value[key])}" for key in sorted(value))
        return "{" + ",".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(write_json, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, allow_nan=False)
