"""Whatever goes wrong, and wherever: one shape of error, with the headers that tell a client what to do."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError, connection
from tests.api.routes import METHODS, TABLE, ids_in, mounted

SHAPE = {"code", "message", "errors", "request_id", "detail"}
PATHS = {row.name: row.path for row in TABLE}
ALLOWED = {name: {route.method for route in mounted() if route.name == name} for name in PATHS if name != "api-docs"}
WITH_BODY = {name: allowed & {"post", "put", "patch"} for name, allowed in ALLOWED.items()}


@pytest.fixture
def paths(world):
    ids = ids_in(world, world.job())
    return {name: f"/api/v1/{path.format(**ids)}" for name, path in PATHS.items()}


def check(answer, status, code):
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert set(body) >= SHAPE
    assert body["detail"] == body["message"]
    assert body["request_id"] == answer["X-Request-ID"]


def test_a_method_that_is_not_there_is_405_and_says_which_are(world, paths):
    client = world.client("boss")
    for name, allowed in ALLOWED.items():
        for method in {*METHODS, "options"} - allowed:
            answer = getattr(client, method)(paths[name])
            check(answer, 405, "method_not_allowed")
            assert {word.strip().lower() for word in answer["Allow"].split(",")} - {"head"} == allowed, (name, method)


def test_a_body_of_another_type_is_415_and_one_that_is_broken_400(world, paths):
    """Where the object is the caller's; one's own keys and logins are not the global admin's."""
    client, read = world.client("boss"), 0
    for name, methods in WITH_BODY.items():
        for method in methods:
            form = client.generic(method.upper(), paths[name], b"a=b", "application/x-www-form-urlencoded")
            if form.status_code == 404:
                continue
            check(form, 415, "unsupported_media_type")
            if name != "api-devices-import":
                check(client.generic(method.upper(), paths[name], b'{"a":', "application/json"), 400, "bad_json")
            read += 1
    assert read > 60


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/devices/abc/", "/api/v1/devices/1/2/3"])
def test_an_address_that_is_not_there_is_404_for_everybody(world, path):
    for who in ("anonymous", "boss"):
        for method in METHODS:
            check(getattr(world.client(who), method)(path), 404, "not_found")


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_503_with_when_to_ask_again_and_nothing_about_it(world, kind, caplog):
    client = world.client("viewer")
    client.raise_request_exception = False  # what watches the site for errors hears of it, and so does Django's client

    def away(*_):
        raise kind("connection to server at 10.9.8.7 failed")

    with connection.execute_wrapper(away):
        answer = client.get("/api/v1/devices/")
    check(answer, 503, "database_unusable")
    assert answer["Retry-After"] == "10"
    assert "10.9.8.7" not in answer.content.decode()
    assert "10.9.8.7" in caplog.text
