"""What devices answered, found across jobs, and written out as JSON, CSV or a workbook."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import IO, Any, Literal

from django.db.models import Q

from webnet_core.access.scope import ScopedQuerySet
from webnet_core.audit.record import record
from webnet_core.conf import settings
from webnet_core.exceptions import InvalidInput
from webnet_core.jobs.models import HostResult
from webnet_core.jobs.outputs import read_data
from webnet_core.moments import with_offset
from webnet_core.spreadsheet import safe_cell

Form = Literal["json", "csv", "xlsx"]
MEDIA: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS = (
    "id",
    "job_id",
    "task",
    "device_id",
    "hostname",
    "status",
    "error_category",
    "error",
    "message",
    "driver",
    "attempts",
    "started_at",
    "finished_at",
    "data",
)
_LONGEST_CELL = 32_000  # a workbook's cell takes 32,767 characters
_PAGE = 500
_CHUNK = 64 * 1024
_FILTERS = {
    "job_id": "job",
    "device_id": "device",
    "task": "job__type",
    "status": "status",
    "error_category": "error_category",
    "since": "finished_at__gte",
    "until": "finished_at__lt",
}


def find_results(user: Any, filters: Mapping[str, Any]) -> ScopedQuerySet[HostResult]:
    """Return the results of jobs the user sees, ready to be shown.

    Arguments:
        filters: any of job_id, device_id, task, status, error_category, since, until (of the end) and hostname, a part
            of the device's name.
    """
    wanted = {lookup: filters[name] for name, lookup in _FILTERS.items() if filters.get(name) not in {None, ""}}
    rows = HostResult.objects.for_user(user).filter(**wanted)
    if hostname := filters.get("hostname"):
        rows = rows.filter(Q(device_name__icontains=hostname))
    return rows.select_related("job", "device")


def export_results(
    user: Any, rows: ScopedQuerySet[HostResult], form: Form, *, customer_id: int | None, filters: Mapping[str, Any]
) -> Iterator[bytes]:
    """Record the export and return it in parts, the newest result first; secrets are masked as in answers.

    Arguments:
        rows: of `find_results`.
        customer_id: whose audit shall show the export.
        filters: what `rows` was narrowed by, for the record.

    Raises:
        InvalidInput: there are more rows than fit, or workbooks cannot be written here.
    """
    most = settings.CORE.EXPORT_ROWS
    found = rows.order_by("-pk")[: most + 1].count()
    if found > most:
        message = f"These are more than {most} results; narrow them by job_id, device_id, task, since or until."
        raise InvalidInput.at("", message, "too_many_rows")
    if form == "xlsx" and find_spec("openpyxl") is None:
        raise InvalidInput.at("format", "Workbooks need webnet-core[import]; take csv or json.", "unavailable")
    record(user, "results.export", customer_id=customer_id, data={"format": form, "filters": filters, "rows": found})
    lines = _lines(user, rows)
    return {"json": _as_json, "csv": _as_csv, "xlsx": _as_workbook}[form](lines)


def _lines(user: Any, rows: ScopedQuerySet[HostResult]) -> Iterator[dict[str, Any]]:
    before: int | None = None
    while True:
        page = list((rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")[:_PAGE])
        for row in page:
            yield _line(user, row)
        if len(page) < _PAGE:
            return
        before = page[-1].pk


def _line(user: Any, row: HostResult) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in COLUMNS if name not in {"task", "hostname", "data"}}
    times = {name: with_offset(own[name]).isoformat() if own[name] else None for name in ("started_at", "finished_at")}
    found = {**own, **times, "task": row.job.type, "hostname": row.device_name, "data": read_data(user, row)}
    return {name: found[name] for name in COLUMNS}


def _as_json(lines: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield b"["
    for number, line in enumerate(lines):
        yield (b",\n" if number else b"\n") + json.dumps(line, ensure_ascii=False).encode()
    yield b"\n]\n"


def _as_csv(lines: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n").writerow
    write(COLUMNS)
    for line in lines:
        write(_cells(line))
        if out.tell() > _CHUNK:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _as_workbook(lines: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    from openpyxl import Workbook  # noqa: PLC0415 - the extra `import` may be absent

    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.append(list(COLUMNS))
    for line in lines:
        sheet.append([cell[:_LONGEST_CELL] for cell in _cells(line)])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from _chunks(file)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(_CHUNK):
        yield part


def _cells(line: Mapping[str, Any]) -> list[str]:
    shown = {**line, "data": "" if line["data"] is None else json.dumps(line["data"], ensure_ascii=False)}
    return [safe_cell(shown[name]) for name in COLUMNS]
