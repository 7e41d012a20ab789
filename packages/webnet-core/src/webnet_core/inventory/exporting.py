"""Devices written out so that an import reads them again, and a spreadsheet is not tricked by them. Never a secret."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

from django.db.models import QuerySet

from webnet_core.audit.record import record
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.importing.cells import write_data, write_tags
from webnet_core.inventory.importing.columns import DATA
from webnet_core.inventory.importing.tables import MAX_COLUMNS
from webnet_core.inventory.models import Device
from webnet_core.spreadsheet import one_line, quote_cell

Form = Literal["csv", "xlsx", "yaml", "json"]
FORMS: tuple[str, ...] = get_args(Form)
MEDIA: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "yaml": "application/yaml",
}
COLUMNS = (
    "hostname",
    "mgmt_ip",
    "port",
    "platform",
    "site",
    "role",
    "credential",
    "driver",
    "enabled",
    "disabled_reason",
    "tags",
    "connection_options",
)
LIMIT = 100_000


def export_devices(user: Any, rows: QuerySet[Device], form: Form) -> bytes:
    """Return the devices as a file.

    Arguments:
        user: who asks; the rows are narrowed to theirs by the caller.
        rows: what to write out, in their order.
        form: one of `FORMS`. Names in the devices' data are columns of their own in CSV and XLSX.

    Raises:
        InvalidInput: there are more than `LIMIT`, a table would have more columns than an import takes, or the format
            needs the extra ``import``.
    """
    rows = rows.select_related("site", "credential", "customer")
    if rows.count() > LIMIT:
        raise InvalidInput.at("", f"These are more than {LIMIT} devices; narrow the filter.", "too_many")
    several = rows.order_by().values("customer_id").distinct().count() > 1
    _record(user, rows, form, several=several)
    rows = rows.prefetch_related("tags")
    if form in {"json", "yaml"}:
        items = [_item(row, several=several) for row in rows.iterator(chunk_size=2000)]
        return _json(items) if form == "json" else _yaml(items)
    others = [*(["customer"] if several else []), *COLUMNS]
    names = _data_names(rows, MAX_COLUMNS - len(others))
    headings = [*others, *(f"{DATA}{name}" for name in names)]
    lines = (_cells(row, names, several=several) for row in rows.iterator(chunk_size=2000))
    return _csv(headings, lines) if form == "csv" else _xlsx(headings, lines)


def _data_names(rows: QuerySet[Device], most: int) -> list[str]:
    names: set[str] = set()
    for data in rows.prefetch_related(None).values_list("data", flat=True).iterator(chunk_size=2000):
        names.update(data)
        if len(names) > most:
            message = f"The data of these devices has more than {most} names, one a column: take JSON or YAML."
            raise InvalidInput.at("format", message, "too_many_columns")
    return sorted(names)


def _record(user: Any, rows: QuerySet[Device], form: Form, *, several: bool) -> None:
    owner = None if several else rows.order_by().values_list("customer_id", flat=True).first()
    record(user, "devices.export", customer_id=owner, data={"format": form, "devices": rows.count()})


def _item(row: Device, *, several: bool) -> dict[str, Any]:
    item = {name: _value(row, name) for name in COLUMNS} | {"data": row.data}
    return {"customer": str(row.customer), **item} if several else item


def _value(row: Device, name: str) -> Any:
    if name == "tags":
        return {tag.name: tag.value for tag in row.tags.all()}
    value = getattr(row, name)
    return value if isinstance(value, (str, int, bool, dict)) else None if value is None else str(value)


def _cells(row: Device, names: Iterable[str], *, several: bool) -> list[str]:
    values = [str(row.customer)] if several else []
    for name in COLUMNS:
        value = write_tags(_value(row, name)) if name == "tags" else _value(row, name)
        values.append(value if isinstance(value, str) else "" if value in (None, {}) else json.dumps(value))
    values += [write_data(row.data[name]) if name in row.data else "" for name in names]
    return [quote_cell(value) for value in values]


def _csv(headings: list[str], lines: Iterator[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([quote_cell(heading) for heading in headings])
    writer.writerows(lines)
    # With its mark, or a spreadsheet takes it for the encoding of the machine.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(headings: list[str], lines: Iterator[list[str]]) -> bytes:
    try:
        import openpyxl  # noqa: PLC0415 - an extra
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    except ImportError as error:
        raise _not_installed("XLSX", error) from error
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("devices")

    def texts(values: Iterable[str]) -> Iterator[Any]:
        for value in values:
            cell = WriteOnlyCell(sheet, value=one_line(value))
            cell.data_type = "s"
            yield cell

    sheet.append(list(texts(headings)))
    for line in lines:
        sheet.append(list(texts(line)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(items: list[dict[str, Any]]) -> bytes:
    return json.dumps(items, ensure_ascii=False, indent=1).encode()


def _yaml(items: list[dict[str, Any]]) -> bytes:
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise _not_installed("YAML", error) from error

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        """Writes every value out instead of pointing back to an earlier one."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    text: str = yaml.dump(items, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return text.encode()


def _not_installed(form: str, error: ImportError) -> InvalidInput:
    message = f'{form} needs {error.name}: pip install "webnet-core[import]".'
    return InvalidInput.at("format", message, "not_installed")
