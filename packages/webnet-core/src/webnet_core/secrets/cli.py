"""The verb of `manage.py webnet` that changes keys."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TextIO

from webnet_core.plugins.verbs import Verb, count
from webnet_core.secrets.rotate import BATCH, KeyUse, Rotation, keys_in_use, rotate_keys


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="change nothing; say which keys are in use")
    parser.add_argument("--batch", type=count, default=BATCH, help="rows read at a time")


def run_rotation(options: argparse.Namespace, out: TextIO) -> int:
    """Encrypt every secret with the first key, then say which keys are in use; 1 where another one still is."""
    done: Rotation | None = None
    if not options.check:
        done = rotate_keys(batch=options.batch, progress=None if options.json else _telling(out))
    uses = keys_in_use()
    if options.json:
        report = {"keys": [asdict(use) for use in uses]} | ({} if done is None else asdict(done))
        out.write(json.dumps(report, default=str) + "\n")
    else:
        _print(done, uses, out)
    return int(any(use.position != 0 for use in uses))


def _telling(out: TextIO) -> Callable[[Rotation], None]:
    def tell(done: Rotation) -> None:
        out.write(f"{done.rows} rows looked at, {done.rotated} secrets re-encrypted\n")
        out.flush()

    return tell


def _print(done: Rotation | None, uses: Sequence[KeyUse], out: TextIO) -> None:
    if done is not None:
        out.write(f"Re-encrypted {done.rotated} secrets of {done.rows} rows.\n")
        if done.busy:
            out.write(f"{done.busy} rows were changed by others each time they were tried; run this again.\n")
        for one in done.unreadable:
            out.write(f"left as it is: {one.model} {one.pk}, {one.column}: {one.message}\n")
    for use in uses:
        out.write(
            f"key {use.id or 'without a name'}: {use.secrets} secrets ({', '.join(use.columns)}), {_place(use)}\n"
        )
    if all(use.position == 0 for use in uses):
        out.write("Only the first key is in use; every other one may go.\n")


def _place(use: KeyUse) -> str:
    if use.position is None:
        return "which is NOT among ENCRYPTION_KEYS; put it back at the end of the list, or enter these secrets again"
    return "the first, which encrypts" if use.position == 0 else "an old one; it must stay for now"


VERBS = (
    Verb(
        name="rotate-keys",
        help="Encrypt every stored secret with the first of ENCRYPTION_KEYS, and say which keys are still in use.",
        add_arguments=_arguments,
        run=run_rotation,
    ),
)
