"""`manage.py webnet doctor`: what is wrong with this site, what that means, and what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Final, TextIO

from django.conf import settings as django_settings
from django.core.checks import ERROR, WARNING, run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from webnet_core.conf import settings
from webnet_core.ops.health import look
from webnet_core.plugins.manager import plugin_rows
from webnet_core.plugins.verbs import Exit, Verb
from webnet_core.terminal import plain, write_json

CLOCK_SECONDS: Final = 5.0
_KEY_IDS: Final = frozenset({"webnet.E002", "webnet.E003", "webnet.E004", "webnet.E020"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at. Without one that is `needed` the site does not work as it should.

    `meaning` says what does not work without it, `fix` what to do then.
    """

    key: str
    label: str
    ok: bool
    needed: bool = True
    message: str = ""
    meaning: str = ""
    fix: str = ""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deploy", action="store_true", help="look at what matters where strangers reach the site too")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Look at everything; 1 where something that is needed does not work."""
    found = list(examine(deploy=options.deploy))
    if options.json:
        write_json(out, {"ok": _works(found), "findings": [asdict(item) for item in found]})
    else:
        for item in found:
            _print(item, out)
        wrong = sum(not item.ok for item in found)
        out.write(f"{len(found)} looked at, {wrong} to see to.\n" if wrong else f"{len(found)} looked at, all well.\n")
    return Exit.DONE if _works(found) else Exit.FAILED


def examine(*, deploy: bool = False) -> Iterator[Finding]:
    """Yield what is found, one thing after the other; what needs the database is left out where there is none.

    Arguments:
        deploy: whether to ask Django's deployment checks too.
    """
    health = list(_health())
    yield from health
    reachable = all(item.ok for item in health if item.key == "database")
    if reachable:
        yield _migrations()
        yield _clock()
    yield from _system_checks(deploy=deploy, databases=reachable)
    yield _plugins()
    yield _host_keys()


def _health() -> Iterator[Finding]:
    for row in look().rows:
        yield Finding(**{field.name: getattr(row, field.name) for field in fields(Finding)})


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    return Finding(
        key="migrations",
        label="Migrations",
        ok=not waiting,
        message=f"{len(waiting)} wait, the first is {waiting[0]}." if waiting else "All are applied.",
        meaning="The code expects tables that are not there.",
        fix="manage.py migrate",
    )


def _clock() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_TIMESTAMP")  # SQLite answers UTC as text
        told = cursor.fetchone()[0]
    theirs = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    apart = abs(datetime.now(UTC) - (theirs if theirs.tzinfo is not None else theirs.replace(tzinfo=UTC)))
    return Finding(
        key="clock",
        label="Clock",
        ok=apart < timedelta(seconds=CLOCK_SECONDS),
        needed=False,
        message=f"{apart.total_seconds():.0f} s from the database's.",
        meaning="Workers on other machines seem dead, and due times come too early or too late.",
        fix="Run NTP on every machine.",
    )


def _system_checks(*, deploy: bool, databases: bool) -> Iterator[Finding]:
    """Yield what Django's checks say, of ours all that deserves a look and of others' the errors."""
    aliases = ["default"] if databases else []
    found = run_checks(databases=aliases, include_deployment_checks=deploy)
    told = [message for message in found if not message.is_silenced() and message.level >= WARNING]
    keys = len(settings.CORE.ENCRYPTION_KEYS)
    if not _KEY_IDS & {message.id for message in told}:
        yield Finding(
            key="keys",
            label="Encryption keys",
            ok=True,
            message=f"{keys} configured; the first encrypts.",
            meaning="Stored secrets cannot be read, and none can be stored.",
            fix="manage.py webnet init --key-file FILE makes one; manage.py webnet rotate-keys changes to it.",
        )
    for message in told:
        ours = str(message.id or "").startswith("webnet.")
        if ours or message.level >= ERROR:
            yield Finding(
                key=str(message.id or "check"),
                label="System check",
                ok=False,
                needed=message.level >= ERROR,
                message=message.msg,
                fix=message.hint or "",
            )


def _plugins() -> Finding:
    rows = plugin_rows()
    ill = [row.name for row in rows if row.state == "quarantined"]
    return Finding(
        key="plugins",
        label="Plugins",
        ok=not ill,
        needed=False,
        message=f"{', '.join(ill)} quarantined." if ill else f"{len(rows)} loaded.",
        meaning="What they bring is missing: tasks, rules, checks.",
        fix="manage.py webnet plugins says what failed.",
    )


def _host_keys() -> Finding:
    trusting = settings.CORE.HOST_KEYS == "tofu" and not django_settings.DEBUG
    return Finding(
        key="host_keys",
        label="Host key policy",
        ok=not trusting,
        needed=False,
        message=settings.CORE.HOST_KEYS,
        meaning="Whoever answers first at a device's address is believed and gets its password.",
        fix='Set WEBNET["CORE"]["HOST_KEYS"] to "strict" and pin the keys.',
    )


def _works(found: Iterable[Finding]) -> bool:
    return all(item.ok for item in found if item.needed)


def _print(item: Finding, out: TextIO) -> None:
    mark = "ok  " if item.ok else "FAIL" if item.needed else "warn"
    out.write(f"{mark}  {item.label}: {plain(item.message) or ('works' if item.ok else 'does not work')}\n")
    if item.ok:
        return
    if item.meaning:
        out.write(f"      {item.meaning}\n")
    if item.fix:
        out.write(f"      -> {plain(item.fix)}\n")


VERB = Verb(
    name="doctor",
    help="Say what is wrong with this site, what that means and what to do; 1 where something needed does not work.",
    add_arguments=_arguments,
    run=run,
    checks=False,
)
