"""The database's own refusal to let rows of two customers meet, whoever writes: bulk_create, raw SQL, a plugin.

Triggers are generated from the models (see `ownership`) and made anew after every migration: Django rebuilds a SQLite
table to alter it, which loses its triggers without a word. Before a migration they are taken away, for neither would
SQLite rename a table that another's trigger names while it is not there, nor PostgreSQL change the type of a column
that a trigger watches. There is none for DELETE.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, router, transaction

from webnet_core.access.ownership import Guarded, customer_path, guarded_columns
from webnet_core.exceptions import InvalidInput

log = logging.getLogger(__name__)

PREFIX = "webnet_guard_"
SAYS = "webnet guard: "
_LONGEST_NAME = 63  # PostgreSQL's
# Statements are put together from names of tables and columns alone, quoted by Django; nothing a user wrote is in them.
# ruff: noqa: S608
_REFUSAL = re.compile(SAYS + r"(?P<table>\w+)\.(?P<column>\w+)")
_THERE = {
    "sqlite": f"SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 13) = '{PREFIX}'",
    "postgresql": (
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        f" WHERE left(t.tgname, 13) = '{PREFIX}' AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """One trigger: its name, which changes with what it does, its table, and how to make it."""

    name: str
    table: str
    watches: Guarded
    statements: Sequence[str]


def install_guards(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> list[str]:
    """Make the triggers that are missing and drop those that are stale; called after every migration.

    Returns:
        What the new triggers watch, as ``table.column kind``. Nothing on an engine that webnet does not run on.
    """
    connection = connections[using]
    if connection.vendor not in _THERE:
        return []
    wanted, there = wanted_triggers(using), _there(connection)
    if wanted.keys() == there.keys():
        return []
    possible = _possible(connection, wanted.values())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(cursor, connection, {name: table for name, table in there.items() if name not in possible})
        made = [trigger for name, trigger in possible.items() if name not in there]
        for trigger in made:
            for statement in trigger.statements:
                cursor.execute(statement)
    return [str(trigger.watches) for trigger in made]


def remove_guards(*, using: str = DEFAULT_DB_ALIAS, plan: Iterable[Any] = (), **_: Any) -> None:
    """Take the triggers away before a migration that may touch their tables.

    Arguments:
        plan: what `pre_migrate` says: pairs of a migration and whether it is taken back.
    """
    connection = connections[using]
    apps = {item.model._meta.app_label for item in guarded_columns()}
    if connection.vendor not in _THERE or not any(migration.app_label in apps for migration, _backwards in plan):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(cursor, connection, _there(connection))


def missing_guards(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return what should be watched and is not, as ``table.column kind``, as far as tables are there."""
    connection = connections[using]
    if connection.vendor not in _THERE:
        return []
    there, wanted = _there(connection), wanted_triggers(using)
    lost = [trigger for name, trigger in wanted.items() if name not in there]
    return sorted({str(trigger.watches) for trigger in _possible(connection, lost).values()}) if lost else []


def refusal(error: Exception) -> InvalidInput | None:
    """Return what to tell a caller whose write a trigger refused; None where the database had another reason.

    A row of another customer is told as one that is not there. That it came so far is a service's mistake, which is
    logged.
    """
    found = _REFUSAL.search(str(error))
    if found is None:
        return None
    log.error("The database kept %s.%s from crossing customers; who writes it must look first.", *found.groups())
    column = found["column"].removesuffix("_id")
    return InvalidInput.at(column, "There is no such row in this customer.", "unknown_reference")


def wanted_triggers(using: str, owned: Iterable[type[models.Model]] | None = None) -> dict[str, Trigger]:
    """Return the triggers that the models of this database ask for, by name."""
    connection = connections[using]
    columns = [item for item in guarded_columns(owned) if router.allow_migrate_model(using, item.model)]
    return {trigger.name: trigger for item in columns for trigger in _triggers(connection, item)}


def _triggers(connection: Any, item: Guarded) -> Iterator[Trigger]:
    quote = connection.ops.quote_name
    new, old = f"NEW.{quote(item.field.column)}", f"OLD.{quote(item.field.column)}"
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    if item.kind == "refers":
        wrong = _refers_elsewhere(quote, item, new)
        yield _trigger(connection, item, "INSERT", f"{new} IS NOT NULL", wrong)
        yield _trigger(connection, item, "UPDATE", f"{new} IS NOT NULL AND {new} {differs} {old}", wrong)
        return
    moved = f"{_customer(quote, item.path, 'OLD')} {differs} {_customer(quote, item.path, 'NEW')}"
    inside = item.kind == "stays" and len(item.path) > 1
    yield _trigger(connection, item, "UPDATE", f"{new} {differs} {old}", moved if inside else "")


def _refers_elsewhere(quote: Any, item: Guarded, new: str) -> str:
    path = customer_path(item.target)
    key: Any = item.field
    theirs = _customer(quote, path, "t")
    same = f"{theirs} = {_customer(quote, item.path, 'NEW')}"
    if any(step.null for step in path):
        same = f"({theirs} IS NULL OR {same})"
    table, column = quote(item.target._meta.db_table), quote(key.target_field.column)
    return f"NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = {new} AND {same})"


def _customer(quote: Any, path: Sequence[Any], row: str, depth: int = 1) -> str:
    """The id of the customer of a row, as an expression: its own column, or found through its parents."""
    column = f"{row}.{quote(path[0].column)}"
    if len(path) == 1:
        return column
    parent, key = path[0].remote_field.model._meta.db_table, path[0].target_field.column
    above = f"p{depth}" if row != "t" else f"t{depth}"
    inner = _customer(quote, path[1:], above, depth + 1)
    return f"(SELECT {inner} FROM {quote(parent)} {above} WHERE {above}.{quote(key)} = {column})"


def _trigger(connection: Any, item: Guarded, event: str, when: str, wrong: str) -> Trigger:
    quote = connection.ops.quote_name
    table, column = item.model._meta.db_table, str(item.field.column)
    on = f"BEFORE {event} {f'OF {quote(column)} ' if event == 'UPDATE' else ''}ON {quote(table)} FOR EACH ROW WHEN"
    said = f"{SAYS}{table}.{column} would lead to another customer"
    if item.kind != "refers":
        said = f"{SAYS}{table}.{column} may not change: a row keeps its id and its customer"
    digest = hashlib.sha256(f"{on} {when} {wrong} {said}".encode()).hexdigest()[:12]
    name = f"{PREFIX}{digest}_{table}_{column}"[:_LONGEST_NAME]
    make = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    return Trigger(name=name, table=table, watches=item, statements=make(quote(name), on, when, wrong, said))


def _on_sqlite(name: str, on: str, when: str, wrong: str, said: str) -> list[str]:
    condition = f"{when} AND {wrong}" if wrong else when
    return [f"CREATE TRIGGER {name} {on} {condition} BEGIN SELECT RAISE(ABORT, '{said}'); END"]


def _on_postgresql(name: str, on: str, when: str, wrong: str, said: str) -> list[str]:
    refuse = f"RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {wrong} THEN {refuse} END IF;" if wrong else refuse
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$",
        f"CREATE TRIGGER {name} {on} ({when}) EXECUTE FUNCTION {name}()",
    ]


def _there(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(_THERE[connection.vendor])
        return dict(cursor.fetchall())


def _drop(cursor: Any, connection: Any, triggers: dict[str, str]) -> None:
    quote = connection.ops.quote_name
    for name, table in triggers.items():
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)} ON {quote(table)}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {quote(name)}()")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {quote(name)}")


def _possible(connection: Any, triggers: Iterable[Trigger]) -> dict[str, Trigger]:
    """Those whose tables and columns are all there: a database may be migrated a part of the way."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        columns: dict[str, set[str]] = {}

        def has(table: str, column: str) -> bool:
            if table in tables and table not in columns:
                # Django's own description parses the table's whole definition on SQLite, a tenth of all migrating.
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE 1 = 0")
                columns[table] = {column[0] for column in cursor.description}
            return column in columns.get(table, ())

        return {
            trigger.name: trigger
            for trigger in triggers
            if all(has(table, column) for table, column in _needs(trigger.watches))
        }


def _needs(item: Guarded) -> Iterator[tuple[str, str]]:
    yield item.model._meta.db_table, str(item.field.column)
    steps = [*item.path, *(customer_path(item.target) if item.kind == "refers" else ())]
    yield from ((step.model._meta.db_table, str(step.column)) for step in steps)
