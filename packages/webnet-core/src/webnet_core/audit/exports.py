"""Finding audit rows, and writing them out as CSV or JSON lines, page by page however many there are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from django.db.models import Max, QuerySet

from webnet_core.audit.models import SHOWN, AppendOnlyQuerySet, AuditEvent
from webnet_core.audit.record import record
from webnet_core.spreadsheet import safe_cell

Form = Literal["csv", "jsonl"]
MEDIA = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_FILTERS = {
    "action": "action",
    "user": "username",
    "object_type": "object_type",
    "object_id": "object_id",
    "customer_id": "customer_id",
    "request_id": "request_id",
    "door": "door",
    "since": "ts__gte",
    "until": "ts__lt",
}
_PAGE = 1000


def find_events(user: Any, filters: Mapping[str, Any]) -> AppendOnlyQuerySet[AuditEvent]:
    """Return the events of customers whose audit the user may see; those of no customer for those who see all.

    Arguments:
        filters: any of action, user (name), object_type, object_id, customer_id, request_id, door, since, until.
    """
    wanted = {lookup: filters[name] for name, lookup in _FILTERS.items() if filters.get(name) is not None}
    return AuditEvent.objects.for_user(user, "audit.view").filter(**wanted)


def export_events(
    user: Any, rows: QuerySet[AuditEvent], form: Form, *, customer_id: int | None, filters: Mapping[str, Any]
) -> Iterator[str]:
    """Record the export and return its text in pages, the oldest event first, up to the newest one there is now.

    Arguments:
        rows: what to write out.
        customer_id: whose audit shall show the export; None for that of no customer.
        filters: what `rows` was narrowed by, for the record.
    """
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    record(user, "audit.export", customer_id=customer_id, data={"format": form, "filters": filters, "last": last})
    return _pages(rows.filter(pk__lte=last), form)


def _pages(rows: QuerySet[AuditEvent], form: Form) -> Iterator[str]:
    if form == "csv":
        yield _csv_lines([SHOWN])
    after = 0
    while page := list(rows.filter(pk__gt=after).order_by("pk").values(*SHOWN)[:_PAGE]):
        after = page[-1]["id"]
        yield _csv_lines(map(_cells, page)) if form == "csv" else "".join(map(_json_line, page))


def _csv_lines(lines: Any) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()


def _cells(row: Mapping[str, Any]) -> list[str]:
    shown = {**row, "ts": row["ts"].isoformat(), "data": json.dumps(row["data"], sort_keys=True)}
    return [safe_cell(shown[name]) for name in SHOWN]


def _json_line(row: Mapping[str, Any]) -> str:
    # ASCII only: a line separator inside a text would be a line to some readers.
    return json.dumps({**row, "ts": row["ts"].isoformat()}, ensure_ascii=True) + "\n"
