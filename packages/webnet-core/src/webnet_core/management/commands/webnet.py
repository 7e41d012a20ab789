"""`manage.py webnet <verb>`: one command for all that webnet does from a terminal."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, ProgrammingError

from webnet_core.audit.record import origin
from webnet_core.cli import verbs
from webnet_core.exceptions import DatabaseUnusable, InvalidInput, WebnetError
from webnet_core.plugins.verbs import Exit, exit_of
from webnet_core.redact import current
from webnet_core.terminal import plain, write_json


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
            code = self._tell(error, exit_of(error), as_json=options["json"])
        except (InterfaceError, OperationalError, ProgrammingError) as error:
            code = self._tell(_unusable(error), Exit.FAILED, as_json=options["json"])
        except BrokenPipeError:
            # Whoever read this has gone; Python would complain once more when it closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = Exit.FAILED
        if code:
            sys.exit(code)

    def _tell(self, error: WebnetError, code: Exit, *, as_json: bool) -> Exit:
        if not as_json:
            raise CommandError(error.message, returncode=code) from error
        write_json(cast("TextIO", self.stdout), {"error": _told(error)})
        return code


def _unusable(error: Exception) -> DatabaseUnusable:
    """Return what to do about a database that is away or has no tables yet; `--traceback` still shows everything."""
    what = plain(current().clean(str(error)).partition("\n")[0])
    advice = "Where tables are missing, run `manage.py migrate`; `manage.py webnet doctor` looks at everything."
    found = DatabaseUnusable(f"The database cannot be used: {what}. {advice}")
    found.__cause__ = error
    return found


def _told(error: WebnetError) -> dict[str, Any]:
    problems = [asdict(problem) for problem in error.errors] if isinstance(error, InvalidInput) else []
    return {"code": error.code, "message": error.message, "errors": problems}


def _operator() -> str:
    """Return who runs the command; a container may know no name for its user."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
