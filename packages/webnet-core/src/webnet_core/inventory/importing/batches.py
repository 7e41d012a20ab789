"""Previewing a file, and committing exactly what was previewed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from webnet_core.access.permissions import require
from webnet_core.access.stepup import require_repoint
from webnet_core.audit.record import record
from webnet_core.blobs.store import get, put
from webnet_core.exceptions import Conflict, InvalidInput, NotFound
from webnet_core.inventory.importing.applying import apply_rows
from webnet_core.inventory.importing.checking import check_table
from webnet_core.inventory.importing.models import ImportBatch, ImportState
from webnet_core.inventory.importing.reading import read_table
from webnet_core.inventory.importing.tables import CellError, Line, Table
from webnet_core.inventory.importing.verdicts import Duplicates, Verdict
from webnet_core.storable import clean_text

ACTION = "devices.edit"
# How long a preview may be committed.
PREVIEW_LIFE = timedelta(hours=24)
_NAMED = 10


class ImportRefused(InvalidInput):
    """Some rows of the file cannot be taken, so none was; see the errors."""

    errors: Sequence[CellError]


class InventoryMoved(Conflict):
    """Devices were changed since the preview; preview the file again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file as it came, and what was said about it. See `checking.check_table` for `mapping` and `duplicates`."""

    content: bytes
    filename: str = ""
    form: str = ""
    duplicates: Duplicates = "update"
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a stored preview says: a line a row, see `verdicts.ToldRow`, and the errors."""

    lines: Sequence[str]
    errors: Sequence[CellError]

    def of(self, state: str) -> Sequence[str]:
        """Return the lines of rows in one state."""
        return [line for line in self.lines if line.startswith(f"{state} ")]


def preview_import(user: Any, customer_id: int, upload: Upload) -> ImportBatch:
    """Read a file and say what would be done with it; change nothing.

    Raises:
        PermissionDenied: the user lacks ``devices.edit`` in the customer.
        InvalidInput: the file cannot be read at all, or the mapping is wrong.
    """
    require(user, ACTION, customer_id)
    table, form = read_table(upload.content, filename=upload.filename, form=upload.form)
    with transaction.atomic():
        verdict = check_table(user, customer_id, table, mapping=upload.mapping, duplicates=upload.duplicates)
        stored, judged = put(customer_id, [_written(table), _verdict_text(verdict)])
        return ImportBatch.objects.create(
            **_described(user, customer_id, upload, table, form), counts=verdict.counts(), table=stored, verdict=judged
        )


def import_at_once(user: Any, customer_id: int, upload: Upload) -> ImportBatch:
    """Read a file and do all that it says, or nothing.

    Raises:
        PermissionDenied: as `commit_import`.
        ImportRefused: with every error of the file.
        InvalidInput: as `preview_import`.
    """
    require(user, ACTION, customer_id)
    table, form = read_table(upload.content, filename=upload.filename, form=upload.form)
    with transaction.atomic():
        verdict = check_table(user, customer_id, table, mapping=upload.mapping, duplicates=upload.duplicates, lock=True)
        _refuse_errors(verdict)
        batch = ImportBatch.objects.create(**_described(user, customer_id, upload, table, form))
        _carry_out(user, batch, verdict)
    return batch


def change_import(user: Any, batch: ImportBatch, *, mapping: Mapping[str, str], duplicates: Duplicates) -> ImportBatch:
    """Judge the file of a preview anew, with other columns or another way with duplicates.

    Raises:
        PermissionDenied: as `preview_import`.
        InvalidInput: the mapping is wrong.
        Conflict: it was committed or has expired.
    """
    require(user, ACTION, batch.customer_id)
    with transaction.atomic():
        fresh = _locked(batch.pk)
        table = _table_of(fresh)
        verdict = check_table(user, fresh.customer_id, table, mapping=mapping, duplicates=duplicates)
        fresh.verdict = put(fresh.customer_id, [_verdict_text(verdict)])[0]
        fresh.mapping, fresh.duplicates, fresh.counts = dict(mapping), duplicates, verdict.counts()
        fresh.save(update_fields=["mapping", "duplicates", "counts", "verdict"])
    return fresh


def commit_import(user: Any, batch: ImportBatch) -> ImportBatch:
    """Do exactly what a preview showed, all of it or nothing.

    Raises:
        PermissionDenied: the user lacks ``devices.edit``, or ``devices.repoint`` where new devices get a stored secret.
        ReauthenticationRequired: new devices get a stored secret; see `stepup.require_repoint`.
        ImportRefused: the preview has errors.
        InventoryMoved: devices changed since so that something else would happen; the message names rows.
        Conflict: it was committed already, or has expired.
    """
    require(user, ACTION, batch.customer_id)
    with transaction.atomic():
        fresh = _locked(batch.pk)
        duplicates: Any = fresh.duplicates
        verdict = check_table(
            user, fresh.customer_id, _table_of(fresh), mapping=fresh.mapping, duplicates=duplicates, lock=True
        )
        before = read_preview(fresh)
        if not before.errors:
            _refuse_moved(before, verdict)
        _refuse_errors(verdict)
        _carry_out(user, fresh, verdict)
    return fresh


def read_preview(batch: ImportBatch) -> Preview:
    """Return what the preview of an import says; nothing of one that has been forgotten."""
    if batch.verdict is None:
        return Preview(lines=(), errors=())
    errors, *lines = get(batch.verdict).split("\n")
    return Preview(lines=lines, errors=[CellError.from_dict(item) for item in json.loads(errors)])


def read_headers(batch: ImportBatch) -> Sequence[str]:
    """Return the headings of an import's file; none of one that has been forgotten."""
    return () if batch.table is None else json.loads(get(batch.table))["headers"]


def find_import(user: Any, token: UUID) -> ImportBatch:
    """Return an import that the user sees.

    Raises:
        NotFound: there is none.
    """
    found = ImportBatch.objects.for_user(user).filter(pk=token).first()
    if found is None:
        raise NotFound
    return found


def _described(user: Any, customer_id: int, upload: Upload, table: Table, form: str) -> dict[str, Any]:
    known = user if getattr(user, "is_authenticated", False) else None
    return {
        "customer_id": customer_id,
        "user": known,
        "username": clean_text(known.get_username(), 150) if known else "",
        "filename": clean_text(upload.filename, 200),
        "form": form,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "digest": hashlib.sha256(upload.content).hexdigest(),
        "size": len(upload.content),
        "duplicates": upload.duplicates,
        "mapping": dict(upload.mapping),
    }


def _locked(token: UUID) -> ImportBatch:
    """Return a preview that nobody else commits meanwhile."""
    fresh = ImportBatch.objects.select_for_update(of=("self",)).get(pk=token)
    if fresh.state != ImportState.PREVIEWED:
        raise Conflict(f"This import was {fresh.state} already.")
    if fresh.table is None or fresh.created_at < timezone.now() - PREVIEW_LIFE:
        raise Conflict("This preview has expired; send the file again.")
    return fresh


def _refuse_errors(verdict: Verdict) -> None:
    if verdict.wrong:
        rows = len({error.row for error in verdict.errors})
        kept = f"; the first {len(verdict.errors)} are named" if verdict.wrong > len(verdict.errors) else ""
        told = f"{verdict.wrong} error{'s' * (verdict.wrong != 1)} in {rows} row{'s' * (rows != 1)}{kept}"
        message = f"{told}: nothing was imported."
        raise ImportRefused(message, errors=verdict.errors)


def _refuse_moved(before: Preview, verdict: Verdict) -> None:
    pairs = zip(before.lines, verdict.rows, strict=True)
    moved = [row for line, row in pairs if line != row.as_line()]
    if not moved:
        return
    named = ", ".join(f"row {row.number} ({row.hostname})" for row in moved[:_NAMED])
    more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
    message = f"Devices were changed since the preview: {named}{more}. Preview the file again."
    raise InventoryMoved(message, rows=[row.number for row in moved])


def _carry_out(user: Any, batch: ImportBatch, verdict: Verdict) -> None:
    """Store what the verdict says, with what undoing it takes, and the audit of it."""
    proof = {"proof": require_repoint(user, batch.customer_id)} if verdict.receiving else {}
    outcome = apply_rows(user, batch, verdict, proof)
    batch.outcome = put(batch.customer_id, [json.dumps(outcome)])[0]
    batch.state, batch.committed_at, batch.counts = ImportState.COMMITTED, timezone.now(), verdict.counts()
    batch.save()
    told = {"counts": batch.counts, "file": {"name": batch.filename, "sha256": batch.digest, "bytes": batch.size}}
    record(
        user,
        "devices.import",
        batch,
        data={"import": str(batch.pk), **told, "duplicates": batch.duplicates, "mapping": batch.mapping, **proof},
    )


def _written(table: Table) -> str:
    return json.dumps(
        {
            "headers": list(table.headers),
            "header_row": table.header_row,
            "lines": [[line.number, line.cells] for line in table.lines],
            "errors": [error.as_dict() for error in table.errors],
            "wrong": table.wrong,
        }
    )


def _table_of(batch: ImportBatch) -> Table:
    assert batch.table is not None  # noqa: S101 - `_locked` refuses others
    found = json.loads(get(batch.table))
    return Table(
        headers=found["headers"],
        header_row=found["header_row"],
        lines=[Line(number=number, cells=cells) for number, cells in found["lines"]],
        errors=[CellError.from_dict(item) for item in found["errors"]],
        wrong=found["wrong"],
    )


def _verdict_text(verdict: Verdict) -> str:
    errors = json.dumps([error.as_dict() for error in verdict.errors])
    return "\n".join([errors, *(row.as_line() for row in verdict.rows)])
