"""`manage.py webnet import`: devices from a file, by the service of every other door."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TextIO

from webnet_core.access.acting import acting_customer, acting_user, add_acting
from webnet_core.access.permissions import customer_for
from webnet_core.access.stepup import ReauthenticationRequired, trusted
from webnet_core.exceptions import InvalidInput, PermissionDenied
from webnet_core.inventory.importing.batches import (
    ImportRefused,
    Upload,
    import_at_once,
    preview_import,
    read_preview,
)
from webnet_core.inventory.importing.models import ImportBatch
from webnet_core.inventory.importing.reading import FORMS
from webnet_core.inventory.importing.tables import CellError
from webnet_core.plugins.verbs import Exit, Verb
from webnet_core.terminal import plain, write_json, write_table

DUPLICATES = ("update", "skip", "error")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="CSV, XLSX, YAML or JSON; - reads standard input")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    parser.add_argument(
        "--duplicates", choices=DUPLICATES, default="update", help="what becomes of devices that are there (update)"
    )
    parser.add_argument("--format", choices=FORMS, default="", help="told by the file where left out")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help='which field a column holds, or "ignore"; again for each column',
    )
    parser.add_argument(
        "--reason",
        default="",
        metavar="TEXT",
        help="why new devices may be sent stored secrets; the audit shows it",
    )
    add_acting(parser)


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Import a file; 1 where something in it is wrong, with every error, and nothing was changed."""
    user = acting_user(options)
    customer_id = customer_for(user, acting_customer(user, options), path="customer")
    upload = Upload(
        content=_content(options.file),
        filename=Path(options.file).name,
        form=options.format,
        duplicates=options.duplicates,
        mapping=dict(map(_pair, options.map)),
    )
    try:
        batch = _imported(user, customer_id, upload, options)
    except ImportRefused as refused:
        _tell_errors(refused.errors, refused.message, options, out)
        return Exit.FAILED
    except InvalidInput as error:
        if any(problem.path != "file" for problem in error.errors):
            raise
        _tell_errors((), error.message, options, out)
        return Exit.FAILED
    errors = read_preview(batch).errors
    _tell(batch, errors, options, out)
    return Exit.FAILED if errors else Exit.DONE


def _imported(user: Any, customer_id: int, upload: Upload, options: argparse.Namespace) -> ImportBatch:
    if options.dry_run:
        return preview_import(user, customer_id, upload)
    trust: AbstractContextManager[None] = trusted(options.reason) if options.reason.strip() else nullcontext()
    try:
        with trust:
            return import_at_once(user, customer_id, upload)
    except ReauthenticationRequired as error:
        message = "New devices of this file would be sent stored secrets: say why with --reason TEXT."
        raise PermissionDenied(message) from error


def _content(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InvalidInput.at("FILE", f"{name} cannot be read: {error.strerror}.", "unreadable") from error


def _pair(text: str) -> tuple[str, str]:
    column, sign, field = text.rpartition("=")
    if not sign:
        raise InvalidInput.at("map", f"Write {text!r} as COLUMN=FIELD.", "invalid")
    return column, field


def _tell(batch: ImportBatch, errors: Sequence[CellError], options: argparse.Namespace, out: TextIO) -> None:
    counts = batch.counts
    if options.json:
        told = {
            "id": str(batch.pk),
            "state": batch.state,
            "created": counts["new"],
            "updated": counts["update"],
            "unchanged": counts["unchanged"],
            "skipped": counts["skip"],
            "failed": counts["error"],
            "receiving": counts["receiving"],
            "errors": [error.as_dict() for error in errors],
        }
        write_json(out, told)
        return
    _write_errors(errors, out)
    words = ("would be made", "would be changed") if batch.state == "previewed" else ("made", "changed")
    done = f"{counts['new']} {words[0]}, {counts['update']} {words[1]}, {counts['unchanged']} unchanged"
    if errors:
        wrong = f"{counts['errors']} error{'s' * (counts['errors'] != 1)}"
        out.write(f"{wrong}: nothing would be imported. Once mended, of the other rows ")
    out.write(f"{done}, {counts['skip']} skipped\n")
    if counts["receiving"] and batch.state == "previewed":
        out.write(f"{counts['receiving']} new devices would be sent stored secrets: this needs --reason\n")


def _tell_errors(errors: Sequence[CellError], message: str, options: argparse.Namespace, out: TextIO) -> None:
    if options.json:
        write_json(out, {"state": "refused", "message": message, "errors": [error.as_dict() for error in errors]})
        return
    _write_errors(errors, out)
    out.write(f"{plain(message)}\n")


def _write_errors(errors: Sequence[CellError], out: TextIO) -> None:
    if errors:
        rows = [(error.row, error.column, error.value, error.message) for error in errors]
        write_table(out, ("ROW", "COLUMN", "VALUE", "WHAT IS WRONG"), rows)


VERB = Verb(
    name="import",
    help="Make and change devices as a file says: all of them, or none and every error.",
    add_arguments=_arguments,
    run=run,
)
