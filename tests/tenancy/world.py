"""Two customers with a row of every kind each, and everybody who may ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.test.client import Client, ClientHandler

from webnet_core.access.scope import owned_models
from webnet_core.models import Device, DeviceGroup, Tag
from webnet_core.testing.factories import make_user
from webnet_core.testing.tenancy import CustomerRows

Dump = dict[str, list[tuple[Any, ...]]]

_HANDLER = ClientHandler(enforce_csrf_checks=False)

CANARY = "canaryb7"
# As many digits as every id that is made up here, so that answers differ in nothing but whether there is a row.
OWN_IDS, FOREIGN_IDS, MISSING_ID = 500_001, 700_001, 900_001
MISSING_UUID = "99999999-9999-4999-8999-999999999999"
OF_OURS = ("viewer", "operator", "admin")
OUTSIDE = ("anonymous", "nobody")
BOSS = "boss"


@dataclass(frozen=True, kw_only=True)
class World:
    """`ours` is the customer of everybody but ``boss``; nothing of `theirs` may reach them."""

    ours: CustomerRows
    theirs: CustomerRows
    users: Mapping[str, Any]
    cookies: Mapping[str, str]
    dump: Dump

    def client(self, who: str) -> Client:
        """A browser, or a program that uses the same session, of one of `users` or of the anonymous."""
        client = Client(raise_request_exception=False)
        client.handler = _HANDLER  # its middleware looks through all static files when it is loaded: once is enough
        if who in self.cookies:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[who]
        return client

    def spared(self, after: Dump) -> bool:
        """Whether every row of the other customer's is in a dump as it was before."""
        ids = set(self.ids(self.theirs)) | {str(pk) for pk in self.ids(self.theirs)}
        return all(row in after[table] for table, rows in self.dump.items() for row in rows if row[0] in ids)

    def ids(self, rows: CustomerRows) -> list[Any]:
        """The ids of all rows of a customer, numbers before UUIDs, each once."""
        found = {str(row.pk): row.pk for row in rows.rows.values()}
        return sorted(found.values(), key=lambda pk: (not isinstance(pk, int), str(pk)))

    def numbers(self, rows: CustomerRows) -> list[int]:
        """The ids that are numbers."""
        return [pk for pk in self.ids(rows) if isinstance(pk, int)]

    def uuids(self, rows: CustomerRows) -> list[str]:
        """The ids that are UUIDs, and other columns that are; those of two customers stand in the same order."""
        found = [
            getattr(row, column.attname)
            for model, row in rows.rows.items()
            for column in model._meta.concrete_fields
            if isinstance(column, models.UUIDField)
        ]
        return list(dict.fromkeys(str(value) for value in found if value is not None))

    def texts(self, rows: CustomerRows) -> list[str]:
        """What the customer's rows are called."""
        named = [row for row in rows.rows.values() if hasattr(row, "name") or hasattr(row, "hostname")]
        return sorted(str(getattr(row, "name", "") or row.hostname) for row in named)


def make_world() -> World:
    """Store both customers and everybody, each signed in once."""
    ours, theirs = CustomerRows("oursa1", first_id=OWN_IDS), CustomerRows(CANARY, first_id=FOREIGN_IDS)
    for rows in (ours, theirs):
        rows.build_all()
        rows.row(DeviceGroup).members.add(rows.row(Device))
        rows.row(Device).tags.add(rows.row(Tag))
    users = {role: make_user(f"a-{role}", role=role, customer=ours.customer) for role in OF_OURS}
    users["nobody"] = make_user("a-nobody", role=None)
    users[BOSS] = make_user("a-boss", role="admin", customer=None)
    cookies = {}
    for who, user in users.items():
        client = Client()
        client.force_login(user)
        cookies[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return World(ours=ours, theirs=theirs, users=users, cookies=cookies, dump=dump())


def dump() -> Dump:
    """All rows of everything that belongs to somebody; sessions and audit apart, which even a refusal may write."""
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = cursor.fetchall()
    return found


def _tables() -> Iterable[str]:
    models = {*owned_models(), *apps.get_app_config("webnet_core").get_models(), get_user_model()}
    return sorted({model._meta.db_table for model in models} - {"webnet_core_auditevent", "webnet_core_auditchain"})
