"""`manage.py webnet guards`: whether the database keeps customers apart by itself, and seeing to it that it does."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from django.db import DEFAULT_DB_ALIAS, connections

from webnet_core.access import guard_triggers
from webnet_core.audit import guard as audit_guard
from webnet_core.plugins.verbs import Verb


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--install", action="store_true", help="Make those that are missing.")
    parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=sorted(connections), help="Which database.")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Name every column that should be watched and is not; 1 where there are such."""
    made: list[str] = []
    if options.install:
        made = guard_triggers.install_guards(using=options.database)
        audit_guard.install_guard(using=options.database)
    missing = [*guard_triggers.missing_guards(options.database), *audit_guard.missing_guards(options.database)]
    if options.json:
        out.write(json.dumps({"made": made, "missing": missing}, indent=2) + "\n")
    else:
        out.writelines(f"made: {item}\n" for item in made)
        out.writelines(f"MISSING: {item}\n" for item in missing)
        out.write("The database keeps customers apart.\n" if not missing else "manage.py webnet guards --install\n")
    return int(bool(missing))


VERBS = (
    Verb(
        name="guards",
        help="Say whether the database's triggers that keep customers apart are there; --install makes them.",
        add_arguments=_arguments,
        run=run,
    ),
)
