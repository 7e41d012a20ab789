"""System checks of webnet-core, run by `manage.py check`, `migrate` and `runserver`.

=============  ====================================================================
webnet.E001    an entry of WEBNET is unknown or wrong
webnet.E002    no encryption key
webnet.E003    an encryption key is no Fernet key, or easily guessed
webnet.E004    an encryption key equals SECRET_KEY
webnet.E005    the database is neither SQLite nor PostgreSQL
webnet.E006    the second factor that is named cannot be asked
webnet.E012    a task or an item of the interface asks for a permission that does not exist
webnet.E020    a stored secret names a key that ENCRYPTION_KEYS does not hold
               (only with ``--database`` or ``--deploy``, and in `migrate`)
webnet.E021    SECRET_KEY is short or known (only with ``--deploy``, and where the site starts)
webnet.E022    ALLOWED_HOSTS is empty or allows every name (likewise)
webnet.E023    a broker across the network is asked without a password (likewise)
webnet.E024    several processes share no cache to count failed logins in (only with ``--deploy``)
webnet.W001    a plugin is quarantined
webnet.W002    something about plugins deserves a look
webnet.W003    SQLite is not set up for several writers
webnet.W004    the first host key seen is trusted (only with ``--deploy``)
webnet.W005    the database lacks triggers that keep customers apart (only with ``--database``)
webnet.W020    several processes have a channel layer each (only with ``--deploy``)
webnet.W021    a proxy's header is believed though no proxy is trusted (only with ``--deploy``)
webnet.W022    webhooks may go to the machine itself or to a cloud's metadata (only with ``--deploy``)
=============  ====================================================================

Start-up itself already refuses a WEBNET that is wrong; E001 speaks where settings change afterwards, as in tests.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name for it
from django.db import DatabaseError, connections

from webnet_core.access.guard_triggers import missing_guards
from webnet_core.access.roles import ACTIONS
from webnet_core.access.second_factor import second_factor
from webnet_core.conf import find_problems, settings
from webnet_core.deployment import START
from webnet_core.exceptions import ConfigurationError
from webnet_core.jobs.catalogue import permission_of
from webnet_core.plugins.manager import loaded_plugins
from webnet_core.plugins.registry import registry
from webnet_core.secrets.rotate import missing_keys

KEY_BYTES = 32
SQLITE_TIMEOUT = 20
NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'


@register("webnet")
def check_settings(**_: Any) -> list[CheckMessage]:
    """Unknown sections, unknown keys, wrong values."""
    return [Error(str(problem), id="webnet.E001") for problem in find_problems()]


@register(Tags.security, START)
def check_encryption_keys(**_: Any) -> list[CheckMessage]:
    """Keys that are missing, malformed, guessable or used for something else."""
    try:
        keys = [key.get_secret_value() for key in settings.CORE.ENCRYPTION_KEYS]
    except ConfigurationError:
        return []  # E001 has said so
    if not keys:
        return [_key_error("E002", 'WEBNET["CORE"]["ENCRYPTION_KEYS"] holds no key.')]
    return [message for number, key in enumerate(keys) for message in _check_key(number, key)]


def _check_key(number: int, key: str) -> Iterator[CheckMessage]:
    place = f'WEBNET["CORE"]["ENCRYPTION_KEYS"][{number}]'
    if key == django_settings.SECRET_KEY:
        yield _key_error("E004", f"{place} equals SECRET_KEY; whoever has one would have both.")
    raw = _decoded(key)
    if raw is None or len(raw) != KEY_BYTES:
        yield _key_error("E003", f"{place} is no Fernet key of {KEY_BYTES} bytes.")
    elif len(set(raw)) < KEY_BYTES // 4:
        yield _key_error("E003", f"{place} is easily guessed.")


def _decoded(key: str) -> bytes | None:
    try:
        return base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _key_error(number: str, text: str) -> CheckMessage:
    return Error(text, hint=f"Make a key: {NEW_KEY}", id=f"webnet.{number}")


@register(Tags.database)
def check_databases(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """An engine webnet cannot keep its promises on, or a SQLite that would answer "database is locked"."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor == "sqlite":
            messages += _check_sqlite(alias, connection.settings_dict)
        elif connection.vendor != "postgresql":
            messages.append(
                Error(
                    f"Database {alias!r} is {connection.display_name}; webnet runs on PostgreSQL and SQLite.",
                    hint="Its triggers and its queue are written and tested for these two.",
                    id="webnet.E005",
                )
            )
    return messages


@register(Tags.database)
def check_stored_keys(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Secrets that nobody could read: a key was lost, or this is another site's database."""
    return [message for alias in databases or () for message in _missing_keys(alias)]


@register(Tags.security, deploy=True)
def check_stored_keys_in_use(**_: Any) -> list[CheckMessage]:
    """The same for ``check --deploy``, which names no database; from Django 6.1 on it is given all of them unasked."""
    return list(_missing_keys(None))


def _missing_keys(alias: str | None) -> Iterator[CheckMessage]:
    try:
        missing = missing_keys(alias)
    except (ConfigurationError, DatabaseError):
        return  # E001 to E003 have said so; without a database there is nothing to look into
    for use in missing:
        yield Error(
            f"{use.secrets} stored secrets ({', '.join(use.columns)}) were encrypted with "
            f"{f'key {use.id}' if use.id else 'no key of webnet'}, which is not among "
            'WEBNET["CORE"]["ENCRYPTION_KEYS"].',
            hint="Put that key back at the end of the list, or enter these secrets again. Nothing was changed.",
            id="webnet.E020",
        )


@register(Tags.database)
def check_guards(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Triggers that a migration left out, or somebody dropped. A database not migrated yet lacks none."""
    return [
        Warning(
            f"Database {alias!r} does not keep customers apart by itself: {len(missing)} triggers are missing, as that "
            f"for {missing[0]}.",
            hint=f"Run: manage.py webnet guards --install --database {alias}",
            id="webnet.W005",
        )
        for alias in databases or ()
        if (missing := missing_guards(alias))
    ]


def _check_sqlite(alias: str, config: dict[str, Any]) -> list[CheckMessage]:
    options = config.get("OPTIONS", {})
    wrong = []
    if str(options.get("transaction_mode", "")).upper() != "IMMEDIATE":
        wrong.append('"transaction_mode": "IMMEDIATE"')
    if float(options.get("timeout", 5)) < SQLITE_TIMEOUT:
        wrong.append(f'"timeout": {SQLITE_TIMEOUT}')
    if "journal_mode=wal" not in str(options.get("init_command", "")).replace(" ", "").lower():
        wrong.append('"init_command": "PRAGMA journal_mode=WAL;"')
    if not wrong:
        return []
    return [
        Warning(
            f"SQLite database {alias!r} will answer 'database is locked' when several write.",
            hint=f"Set in its OPTIONS: {', '.join(wrong)}.",
            id="webnet.W003",
        )
    ]


@register("webnet")
def check_plugins(**_: Any) -> list[CheckMessage]:
    """Plugins that were taken out, and what the loader wondered about."""
    current = loaded_plugins()
    messages: list[CheckMessage] = [
        Warning(
            f"Plugin {item.source.name!r} is quarantined: {item.error}",
            hint="Repair or remove it; nothing of it is in effect.",
            id="webnet.W001",
        )
        for item in current.quarantined
    ]
    return messages + [Warning(text, id="webnet.W002") for text in current.found.warnings]


@register("webnet")
def check_permissions(**_: Any) -> list[CheckMessage]:
    """Every permission a registered task or interface item names is one of `access.roles.ACTIONS`."""
    named = [("task", spec.name, permission_of(spec)) for spec in registry("tasks").values()]
    named += [("item", item.key, item.permission) for item in registry("ui").values()]
    return [
        Error(
            f"The {kind} {key!r} asks for the permission {permission!r}, which does not exist.",
            hint=f"Name one of: {', '.join(sorted(ACTIONS))}.",
            id="webnet.E012",
        )
        for kind, key, permission in named
        if permission not in ACTIONS
    ]


@register(Tags.security, START)
def check_second_factor(**_: Any) -> list[CheckMessage]:
    """A second factor that would fail every login."""
    if any(problem.path.startswith("CORE") for problem in find_problems()):
        return []
    try:
        second_factor()
    except ConfigurationError as error:
        hint = "Name an object with the methods of webnet_core.access.second_factor.SecondFactor."
        return [Error(error.message, hint=hint, id="webnet.E006")]
    return []


@register(Tags.security, deploy=True)
def check_host_keys(**_: Any) -> list[CheckMessage]:
    """Trust on first use in production."""
    try:
        trusting = settings.CORE.HOST_KEYS == "tofu"
    except ConfigurationError:
        return []
    if not trusting:
        return []
    return [
        Warning(
            'WEBNET["CORE"]["HOST_KEYS"] is "tofu": the first key a device shows is believed.',
            hint='Pin the keys and set it to "strict".',
            id="webnet.W004",
        )
    ]
