"""Verbs of `manage.py webnet` about the audit: verifying its chains, and their heads for keeping elsewhere."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from webnet_core.audit.seal import Head, heads, seal_waiting
from webnet_core.audit.verify import Report, customers_with_audit, verify_chain
from webnet_core.exceptions import InvalidInput, NotFound
from webnet_core.plugins.verbs import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", metavar="what", required=True)
    verify = verbs.add_parser("verify", help="Walk the chains; exit code 1 where one is broken.")
    verify.add_argument("--customer", type=int, default=None, help="id of one customer; 0 for the acts of none")
    verify.add_argument("--against", default="", metavar="FILE", help="heads that were kept elsewhere, as JSON")
    shown = verbs.add_parser("heads", help="Print every chain's length and last seal.")
    sealed = verbs.add_parser("seal", help="Seal now what the tick would seal.")
    for each in (verify, shown, sealed):
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="Print JSON for programs.")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Do what was asked for; 1 where a chain is broken."""
    return {"verify": run_verify, "heads": run_heads, "seal": run_seal}[options.what](options, out)


def run_verify(options: argparse.Namespace, out: TextIO) -> int:
    """Verify one chain or all; print what is broken, what is unsealed and what was sealed late.

    Raises:
        NotFound: no such chain.
        InvalidInput: the file of heads cannot be read.
    """
    kept = read_heads(options.against) if options.against else {}
    known = customers_with_audit()
    wanted = sorted({*known, *kept}, key=lambda number: number or 0)
    if options.customer is not None:
        wanted = [options.customer or None]
        if wanted[0] not in {*known, *kept, None}:
            raise NotFound(f"Nothing was ever recorded for a customer {options.customer}.")
    reports = [verify_chain(customer_id, kept.get(customer_id, ())) for customer_id in wanted]
    if options.json:
        rows = [asdict(report) | {"whole": report.whole} for report in reports]
        out.write(json.dumps({"whole": all(report.whole for report in reports), "chains": rows}, indent=2) + "\n")
    else:
        for report in reports:
            _print_report(report, out)
    return int(not all(report.whole for report in reports))


def run_heads(options: argparse.Namespace, out: TextIO) -> int:
    """Print the heads; keep them where whoever can write to the database cannot."""
    found = heads()
    if options.json:
        out.write(json.dumps([asdict(head) for head in found], indent=2) + "\n")
    else:
        out.writelines(f"{_name(head.customer_id)}: {head.length} {head.head} {head.sealed_at}\n" for head in found)
    return 0


def run_seal(options: argparse.Namespace, out: TextIO) -> int:
    """Seal until nothing waits."""
    sealed = 0
    while done := seal_waiting():
        sealed += done
    out.write(json.dumps({"sealed": sealed}) + "\n" if options.json else f"{sealed} rows sealed\n")
    return 0


def read_heads(path: str) -> dict[int | None, list[Head]]:
    """Return the heads in a file: what ``audit heads --json`` printed, several such lists one after the other included.

    Raises:
        InvalidInput: the file cannot be read or holds something else.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        found: dict[int | None, list[Head]] = defaultdict(list)
        for item in _lists(text):
            head = Head(customer_id=item["customer_id"], length=int(item["length"]), head=str(item["head"]))
            found[head.customer_id].append(head)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput(f"{path} holds no heads as `audit heads --json` prints them: {error}.") from error
    return found


def _lists(text: str) -> list[dict[str, Any]]:
    decoder, rest = json.JSONDecoder(), text.lstrip()
    items: list[dict[str, Any]] = []
    while rest:
        value, end = decoder.raw_decode(rest)
        items += value
        rest = rest[end:].lstrip()
    return items


def _print_report(report: Report, out: TextIO) -> None:
    state = "whole" if report.broken is None else f"BROKEN ({report.broken.kind}): {report.broken.message}"
    out.write(f"{_name(report.customer_id)}: {report.length} rows sealed, {report.unsealed} unsealed, {state}\n")
    if report.late:
        named = ", ".join(map(str, report.late))
        out.write(f"  sealed an hour or more after younger rows, look at them: events {named}\n")


def _name(customer_id: int | None) -> str:
    return "no customer" if customer_id is None else f"customer {customer_id}"


VERBS = (
    Verb(
        name="audit",
        help="Verify that the audit is whole (verify), print the heads of its chains (heads), seal now (seal).",
        add_arguments=_arguments,
        run=run,
    ),
)
