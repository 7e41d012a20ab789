"""`manage.py webnet <verb>`: one command for all that webnet does from a terminal."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from webnet_core.audit.record import origin
from webnet_core.cli import verbs
from webnet_core.exceptions import InvalidInput, WebnetError
from webnet_core.plugins.verbs import Exit, exit_of
from webnet_core.terminal import write_json


class Command(BaseCommand):
    """Run a verb of an installed webnet app."""

    help = "Run a verb of webnet; `manage.py webnet <verb> --help` says what it takes."
    # Django's checks run below: not for the verb that says what is wrong, nor for the one that sets a site up.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One subparser a verb."""
        parser.add_argument("--skip-checks", action="store_true", help="Skip system checks.")
        choices = parser.add_subparsers(dest="verb", metavar="verb", required=True)
        for verb in verbs().values():
            chosen = choices.add_parser(verb.name, help=verb.help, description=verb.help)
            chosen.add_argument("--json", action="store_true", help="Print JSON for programs.")
            verb.add_arguments(chosen)

    def handle(self, *_: Any, **options: Any) -> None:
        """Run the verb; leave with its exit code where that is not 0."""
        verb = verbs()[options["verb"]]
        if verb.checks and not options.get("skip_checks"):
            self.check()
        out = cast("TextIO", self.stdout)
        try:
            with origin(door=f"command {_operator()}".rstrip()):
                code = verb.run(Namespace(**options), out)
        except WebnetError as error:
            code = exit_of(error)
            if not options["json"]:
                raise CommandError(error.message, returncode=code) from error
            write_json(out, {"error": _told(error)})
        except BrokenPipeError:
            # Whoever read this has gone; Python would complain once more when it closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = Exit.FAILED
        if code:
            sys.exit(code)


def _told(error: WebnetError) -> dict[str, Any]:
    problems = [asdict(problem) for problem in error.errors] if isinstance(error, InvalidInput) else []
    return {"code": error.code, "message": error.message, "errors": problems}


def _operator() -> str:
    """Return who runs the command; a container may know no name for its user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
