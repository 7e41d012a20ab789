"""Every row of the contract that is due, against the running API: address, code, least role, fields and filters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from tests.contract.bodies import ANSWERS, BODIES, OPTIONAL, QUERIES
from tests.contract.table import ROOT, TABLE, Row
from tests.contract.world import World
from webnet_core.access.models import RefreshFamily

DUE = [row for row in TABLE if row.due]
BELOW = {"viewer": "public", "operator": "viewer", "admin": "operator"}
# Ids with which a row can be had where those of all other rows do not do.
OTHER_IDS = {
    "DELETE /customers/{customer_id}/users/{user_id}": {"user_id": lambda world: world.users["viewer"].pk},
    "PUT /users/{user_id}": {"user_id": lambda world: world.users["login"].pk},
    "PATCH /users/{user_id}": {"user_id": lambda world: world.users["login"].pk},
    "PUT /credentials/{credential_id}": {"credential_id": lambda world: world.spare_credential.pk},
    "DELETE /credentials/{credential_id}": {"credential_id": lambda world: world.spare_credential.pk},
    "POST /jobs/{job_id}/cancel": {"job_id": lambda world: world.queued.pk},
    "DELETE /devices/{device_id}": {"device_id": lambda world: world.lone_device().pk},
}
# They send a stored secret to an address that the caller names, so the password must have been entered of late.
PROVEN = {"POST /devices"}
CSV = "hostname,mgmt_ip,platform\nimported1,192.0.2.99,cisco_ios\n"


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever the block stores and counts."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address(world: World, row: Row, *, slash: bool) -> str:
    other = OTHER_IDS.get(str(row), {})
    ids = {**world.ids, **{name: find(world) for name, find in other.items()}}
    path = row.path.format(**ids) if row.path in ROOT else "/api/v1" + row.path.format(**ids)
    return f"{path}/" if slash else path


def body_of(world: World, row: Row) -> Any:
    found = BODIES.get(row.body)
    return dict(found(world)) if callable(found) else dict(found) if found is not None else None


def query_of(world: World, name: str) -> Any:
    found = QUERIES[name]
    return found(world) if callable(found) else found


def send(world: World, row: Row, who: str, *, slash: bool = True, body: Any = None, query: Any = None) -> Any:
    if str(row) in PROVEN:
        RefreshFamily.objects.update(reauthenticated_at=timezone.now())
    client = world.client("metrics" if row.path == "/metrics" else who)
    path = address(world, row, slash=slash)
    if row.path == "/devices/import":
        return client.post(path, {"file": SimpleUploadedFile("devices.csv", CSV.encode())}, format="multipart")
    if row.verb == "GET":
        return client.get(path, query or {})
    return getattr(client, row.verb.lower())(path, body if body is not None else body_of(world, row))


def shown(answer: Any) -> str:
    return answer.getvalue().decode(errors="replace")[:600]


def fields_of(answer: Any) -> set[str]:
    body = answer.json()
    listed = body.get("results") if set(body) <= {"count", "total", "next", "previous", "results"} else None
    if listed is None:
        return set(body)
    assert listed, "There is no row in this list to look at."
    return set(listed[0])


@pytest.mark.parametrize("row", DUE, ids=str)
def test_the_least_role_gets_what_is_promised_with_and_without_the_slash(world: World, row: Row) -> None:
    for slash in (False, True):
        with undone():
            answer = send(world, row, row.role, slash=slash)
            assert answer.status_code in row.codes, shown(answer)
            if promised := ANSWERS.get(str(row)):
                assert promised <= fields_of(answer), sorted(promised - fields_of(answer))


@pytest.mark.parametrize("row", [row for row in DUE if row.role in BELOW], ids=str)
def test_the_role_below_does_not(world: World, row: Row) -> None:
    with undone():
        answer = send(world, row, BELOW[row.role])
        assert answer.status_code in {401, 403, 404}, shown(answer)
        assert answer.status_code == 401 or BELOW[row.role] != "public", shown(answer)
        assert {"code", "message", "errors", "request_id", "detail"} <= set(answer.json())


@pytest.mark.parametrize("row", [row for row in DUE if row.body in OPTIONAL], ids=str)
def test_what_may_be_left_out_may_be_and_what_is_unknown_is_refused(world: World, row: Row) -> None:
    whole = body_of(world, row)
    with undone():
        least = {name: value for name, value in whole.items() if name not in OPTIONAL[row.body]}
        answer = send(world, row, row.role, body=least)
        assert answer.status_code in row.codes, shown(answer)
    with undone():
        answer = send(world, row, row.role, body={**whole, "no_such_field": 1})
        assert answer.status_code == 400 or answer.status_code in row.codes[1:], shown(answer)


@pytest.mark.parametrize("row", [row for row in DUE if row.query], ids=str)
def test_each_filter_is_known_and_any_other_is_refused(world: World, row: Row) -> None:
    for name in row.query.split(","):
        answer = send(world, row, row.role, query={name: query_of(world, name)})
        assert answer.status_code == 200, f"{name}: {shown(answer)}"
    refused = send(world, row, row.role, query={"no_such_filter": 1})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unknown_filter")


def test_every_package_with_due_rows_is_installed() -> None:
    assert all(apps.is_installed(f"webnet_{row.package}") for row in DUE)


def test_targets_that_name_nothing_start_nothing(world: World) -> None:
    """In the reference `{}` meant all devices, and so did a filter it did not know."""
    for targets in ({}, {"hostnames": ["d1"]}, {"role": ""}):
        answer = world.client("operator").post("/api/v1/tasks/execute", {"task": "get_facts", "targets": targets})
        assert answer.status_code == 400, (targets, shown(answer))


def test_ids_are_whole_numbers(world: World) -> None:
    admin = world.client("admin")
    for path in ("devices", "jobs", "customers", "credentials", "users", "sites", "host-keys", "results"):
        for row in admin.get(f"/api/v1/{path}").json()["results"]:
            assert isinstance(row["id"], int), path
