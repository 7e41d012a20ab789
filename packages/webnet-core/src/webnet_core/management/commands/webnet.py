"""`manage.py webnet <verb>`: one command for all that webnet does from a terminal."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from webnet_core.audit.record import origin
from webnet_core.cli import verbs
from webnet_core.exceptions import WebnetError

FAILED = 2


class Command(BaseCommand):
    """Run a verb of an installed webnet app."""

    help = "Run a verb of webnet; `manage.py webnet <verb> --help` says what it takes."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subparser a verb."""
        choices = parser.add_subparsers(dest="verb", metavar="verb", required=True)
        for verb in verbs().values():
            chosen = choices.add_parser(verb.name, help=verb.help, description=verb.help)
            chosen.add_argument("--json", action="store_true", help="Print JSON for programs.")
            verb.add_arguments(chosen)

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the verb; leave with its exit code where that is not 0."""
        verb = verbs()[options["verb"]]
        try:
            with origin(door=f"command {_operator()}".rstrip()):
                code = verb.run(Namespace(**options), cast("TextIO", self.stdout))
        except WebnetError as error:
            raise CommandError(error.message, returncode=FAILED) from error
        if code:
            sys.exit(code)


def _operator() -> str:
    """Return who runs the command; a container may know no name for its user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
