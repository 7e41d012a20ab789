"""The database's own refusal to change audit rows, whoever asks; deleting is left to the chain to show.

Sealing a row once and emptying `user` when that user goes stay possible. Django rebuilds tables on SQLite, which loses
their triggers, so they are made anew after every migration.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from webnet_core.audit.models import AuditEvent

_TABLE = AuditEvent._meta.db_table
_MAY_CHANGE = ("user_id", "seal_number", "seal")
_SAYS = "webnet: audit rows are added, never changed"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION webnet_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'user_id' - 'seal_number' - 'seal') IS DISTINCT FROM
            (to_jsonb(OLD) - 'user_id' - 'seal_number' - 'seal')
        OR (OLD.seal_number IS NOT NULL AND (NEW.seal_number, NEW.seal) IS DISTINCT FROM (OLD.seal_number, OLD.seal))
        OR (NEW.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id)
    THEN
        RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$
"""
_POSTGRESQL = {
    "webnet_audit_append_only": f"BEFORE UPDATE ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION webnet_audit_append_only()"
}


def install_guard(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the triggers that are not there; called after every migration."""
    connection = connections[using]
    if _TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
            for name in missing_guards(using):
                cursor.execute(f"CREATE TRIGGER {name} {_POSTGRESQL[name]}")
        elif connection.vendor == "sqlite":
            for name, body in _sqlite().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def missing_guards(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of triggers that should be there and are not."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        names, query = list(_POSTGRESQL), "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass"
    else:
        names, query = list(_sqlite()), "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [_TABLE])
        there = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name not in there]


def _sqlite() -> dict[str, str]:
    fixed = ", ".join(
        str(field.column) for field in AuditEvent._meta.concrete_fields if field.column not in _MAY_CHANGE
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    return {
        "webnet_audit_append_only": f"BEFORE UPDATE OF {fixed} ON {_TABLE} {refuse}",
        "webnet_audit_sealed_once": (
            f"BEFORE UPDATE OF seal_number, seal ON {_TABLE} WHEN OLD.seal_number IS NOT NULL {refuse}"
        ),
        "webnet_audit_user_gone": f"BEFORE UPDATE OF user_id ON {_TABLE} WHEN NEW.user_id IS NOT NULL {refuse}",
    }
