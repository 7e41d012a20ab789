"""Every route as every role: what is not granted is refused, and what is foreign is as unknown as what is missing."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.urls import get_resolver
from rest_framework.response import Response
from tests.api.conftest import JSONClient
from tests.api.routes import TABLE, Row, by_resource, ids_in, missing, mounted, needs_a_job

from webnet_core.access.models import Membership
from webnet_core.access.roles import ACTIONS
from webnet_core.access.scope import forget_grants
from webnet_core.api.views import PUBLIC, SIGNED_IN, UnknownRoute, WebnetAPIView, WebnetViewSet
from webnet_core.testing.factories import make_user

ROLES = ("viewer", "operator", "admin", "stranger")
OPEN = {"api-login", "api-refresh", "api-register"}
OWN = {
    "api-reauthenticate",
    "api-password",
    "api-logins-list",
    "api-logins-detail",
    "api-keys-list",
    "api-keys-detail",
    "api-key-revoke",
}
FOR_EVERYBODY = OPEN | OWN | {"api-logout", "api-me", "api-schema", "api-docs"}


@contextmanager
def undone():
    """Take back whatever the block stores and counts."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def call(world, who: str, row: Row, slash: bool = True):
    path = "/api/v1/" + row.path.format(**world.ids)
    body = row.body_in(world)
    return getattr(world.client(who), row.method)(path if slash else path.removesuffix("/"), body)


@pytest.fixture
def stocked(world, request):
    """A world with a finished job of ours, one host of which failed, for what needs one."""
    if needs_a_job(request):
        world.executor.failing = {world.devices[0].hostname}
        world.failed_job = world.finished_job()
    world.ids = ids_in(world, world.failed_job if needs_a_job(request) else None)
    return world


def test_the_table_has_every_method_of_every_mounted_route():
    assert {row.key for row in TABLE} == {(route.name, route.method) for route in mounted()}


@pytest.mark.parametrize("rows", by_resource(TABLE))
def test_each_role_gets_what_the_table_says_with_and_without_the_slash(stocked, rows):
    stocked.users["nobody"] = make_user("nobody", role=None)
    for row in rows:
        expected = dict(zip(ROLES, row.codes, strict=True)) | {"anonymous": row.anonymous}
        expected["nobody"] = row.codes[0] if row.name in FOR_EVERYBODY else row.nobody
        found = {who: code_of(stocked, who, row) for who in expected}
        assert found == expected, row
        # Who asks is looked at the same way at either address: one of them is enough where time is short.
        again = expected if "CI" in os.environ else ("viewer",)
        found = {who: code_of(stocked, who, row, slash=False) for who in again}
        assert found == {who: expected[who] for who in again}, f"{row}, without the slash"


def code_of(world, who: str, row: Row, slash: bool = True) -> int:
    with undone():
        return call(world, who, row, slash=slash).status_code


@pytest.mark.parametrize("rows", by_resource(row for row in TABLE if row.anonymous == 401))
def test_the_anonymous_get_401_in_the_shape_of_errors(db, rows):
    for row in rows:
        path = "/api/v1/" + row.path.format(**missing())
        answer = getattr(JSONClient(), row.method)(path, row.body if row.name in OPEN else None)
        body = answer.json()
        assert answer.status_code == 401, row
        assert set(body) == {"code", "message", "errors", "request_id", "detail"}, row
        assert body["request_id"] == answer["X-Request-ID"], row
        assert answer["WWW-Authenticate"] == "Bearer", row


def test_a_user_who_belongs_nowhere_is_told_which_action_is_missing(world):
    world.users["nobody"] = make_user("nobody", role=None)
    answer = world.client("nobody").get("/api/v1/devices/")
    assert (answer.status_code, answer.json()["action"]) == (403, "view")


def test_no_answer_for_a_stranger_holds_a_word_of_ours(stocked):
    canaries = [stocked.devices[0].hostname, stocked.site.name, stocked.credential.name]
    for row in TABLE:
        if row.method == "get" and row.name not in {"api-docs"}:
            text = call(stocked, "stranger", row).getvalue().decode()
            assert not [word for word in canaries if f'"{word}"' in text], row


def test_a_foreign_id_is_answered_exactly_like_a_missing_one(stocked):
    for row in TABLE:
        if row.codes[3] != 404:
            continue
        body = row.body_in(stocked)
        path = row.path.format(**missing())
        absent = getattr(stocked.client("stranger"), row.method)(f"/api/v1/{path}", body).json()
        foreign = call(stocked, "stranger", row).json()
        assert {**foreign, "request_id": ""} == {**absent, "request_id": ""}, row


def test_every_view_mounted_under_the_api_declares_its_permissions():
    found = [route.view for route in mounted()]
    assert found
    for view in found:
        assert issubclass(view, WebnetAPIView)
        assert view.actions
        assert set(view.actions.values()) <= {PUBLIC, SIGNED_IN, *ACTIONS}
    assert {route.name for route in mounted() if PUBLIC in route.view.actions.values()} == OPEN


def test_every_view_below_api_v1_is_one_of_ours():
    """Walks the whole site, so that a package whose view forgets the base fails here."""
    views = list(callbacks(get_resolver(), ""))
    assert len(views) > 40
    for route, callback in views:
        assert issubclass(callback.cls, WebnetAPIView), route


def callbacks(resolver, prefix):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).lstrip("^")
        if hasattr(pattern, "url_patterns"):
            yield from callbacks(pattern, route)
        elif route.startswith("api/v1/") and getattr(pattern.callback, "cls", None) is not UnknownRoute:
            yield route, pattern.callback


def test_a_view_that_declares_no_permission_cannot_be_mounted():
    class Careless(WebnetAPIView):
        def get(self, request):
            return Response({})

    class CarelessSet(WebnetViewSet):
        actions = {"retrieve": "view"}

        def list(self, request):
            return Response({})

    class Misspelt(WebnetAPIView):
        actions = {"get": "veiw"}

        def get(self, request):
            return Response({})

    with pytest.raises(ImproperlyConfigured, match="Careless"):
        Careless.as_view()
    with pytest.raises(ImproperlyConfigured, match="CarelessSet"):
        CarelessSet.as_view({"get": "list"})
    with pytest.raises(ImproperlyConfigured, match="veiw"):
        Misspelt.as_view()


def test_the_header_narrows_lists_and_objects_to_one_customer(stocked):
    boss = stocked.client("boss")
    both = boss.get("/api/v1/devices/").json()["count"]
    header = {"X-Customer-ID": str(stocked.theirs.pk)}
    assert (both, boss.get("/api/v1/devices/", headers=header).json()["count"]) == (4, 1)
    path = f"/api/v1/devices/{stocked.devices[0].pk}/"
    assert (boss.get(path).status_code, boss.get(path, headers=header).status_code) == (200, 404)


@pytest.mark.parametrize(
    ("value", "code"), [("999999", 404), ("0", 404), ("", 400), (" ", 400), ("abc", 400), ("-1", 400), ("9" * 40, 400)]
)
def test_a_header_that_names_no_customer_of_the_caller_is_refused(world, value, code):
    assert world.client("viewer").get("/api/v1/devices/", headers={"X-Customer-ID": value}).status_code == code


def test_the_header_of_a_foreign_customer_is_404(world):
    header = {"X-Customer-ID": str(world.theirs.pk)}
    answer = world.client("admin").get("/api/v1/devices/", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_role_counts_in_its_own_customer_only(world):
    user = world.users["operator"]
    Membership.objects.create(user=user, customer=world.theirs, role="viewer")
    forget_grants(user)
    client = world.client("operator")
    path = f"/api/v1/devices/{world.foreign_device.pk}/"
    assert client.get(path).status_code == 200
    for method in (client.put, client.patch):
        answer = method(path, {"role": "x"})
        assert (answer.status_code, answer.json()["action"]) == (403, "devices.edit")
    assert client.delete(path).status_code == 403
    body = {"hostname": "n1", "mgmt_ip": "192.0.2.9", "platform": "cisco_ios"}
    unnamed = client.post("/api/v1/devices/", body)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["code"]) == (400, "customer_required")
    assert client.post("/api/v1/devices/", {**body, "customer_id": world.theirs.pk}).status_code == 403
    assert client.post("/api/v1/devices/", {**body, "customer_id": world.ours.pk}).status_code == 201
