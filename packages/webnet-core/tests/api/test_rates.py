"""What costs much is asked for so often and no more, and a cache that is away lets nobody in and breaks nothing."""

from __future__ import annotations

import pytest
from tests.api.conftest import JSONClient
from tests.api.routes import mounted

from webnet_core.access.apikeys import create_key
from webnet_core.access.models import ApiKey
from webnet_core.jobs.models import Job
from webnet_core.testing.factories import make_user

API = "/api/v1"
PASSWORD = "correct horse battery staple"
RUN = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}
# Every route whose name says that it starts work, reads a file in or writes one out.
COSTLY = {"plan", "execute", "retry", "export", "import", "schema", "run"}
CHEAP = {"api-data-schema", "api-imports", "api-import", "api-import-rows", "api-import-undo"}


def rated(settings, **rates):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "RATES": rates}}


def away(settings):
    settings.CACHES = {"default": {"BACKEND": "tests.api.away.AwayCache"}}


@pytest.fixture(autouse=True)
def no_failures_remembered():
    """Instead of emptying the cache, which here may be away, count in one of its own."""


@pytest.fixture(autouse=True)
def own_cache(settings):
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": f"rates-{id(settings)}"}}


def test_a_user_is_told_when_to_come_back_and_starts_nothing(world, settings):
    rated(settings, RUNS=3)
    client = world.client("operator")
    codes = [client.post(f"{API}/tasks/execute/", RUN).status_code for _ in range(5)]
    assert codes == [202, 202, 202, 429, 429]
    refused = client.post(f"{API}/tasks/plan/", RUN)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert Job.objects.count() == 3


def test_one_user_takes_nothing_from_another_and_a_key_nothing_more(world, settings):
    rated(settings, RUNS=1)
    _, text = create_key(world.users["operator"], {"name": "k", "scopes": ["view", "jobs.run"]})
    key = JSONClient()
    key.credentials(HTTP_X_API_KEY=text)
    assert world.client("operator").post(f"{API}/tasks/plan/", RUN).status_code == 200
    assert key.post(f"{API}/tasks/plan/", RUN).status_code == 429
    assert world.client("admin").post(f"{API}/tasks/plan/", RUN).status_code == 200
    assert ApiKey.objects.filter(user=world.users["operator"]).count() == 1


def test_each_kind_has_a_rate_of_its_own_and_zero_is_none(world, settings):
    rated(settings, EXPORTS=1, RUNS=0)
    client = world.client("admin")
    assert [client.get(f"{API}/{path}/export/").status_code for path in ("audit", "results")] == [200, 429]
    assert {client.post(f"{API}/tasks/plan/", RUN).status_code for _ in range(130)} == {200}


def test_whoever_may_not_uses_nothing_up(world, settings):
    rated(settings, EXPORTS=1)
    client = world.client("viewer")
    assert [client.get(f"{API}/audit/export/").status_code for _ in range(3)] == [403, 403, 403]
    assert client.get(f"{API}/results/export/").status_code == 200


def test_every_costly_route_has_a_rate():
    costly = [route for route in mounted() if route.name not in CHEAP and set(route.name.split("-")) & COSTLY]
    assert len(costly) >= 6
    for route in costly:
        assert set(route.view.costs) & {route.method, "create", "list"}, route.name


def test_without_the_cache_nobody_signs_in_and_nothing_breaks(world, settings):
    make_user("ada", role="viewer", customer=world.ours, password=PASSWORD)
    away(settings)
    client = JSONClient()
    for path, body in (
        ("auth/login/", {"username": "ada", "password": PASSWORD}),
        ("auth/refresh/", {"refresh": "none"}),
        ("auth/register/", {"username": "eve", "password": PASSWORD}),
    ):
        answer = client.post(f"{API}/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (503, "counters_unavailable"), path
        assert int(answer["Retry-After"]) > 0
    client.credentials(HTTP_AUTHORIZATION="Bearer nonsense")
    assert client.get(f"{API}/devices/").status_code == 503


def test_without_the_cache_whoever_is_in_reads_on_and_costs_nothing(world, settings):
    rated(settings)
    away(settings)
    client = world.client("operator")
    assert client.get(f"{API}/devices/").status_code == 200
    refused = client.post(f"{API}/tasks/execute/", RUN)
    assert (refused.status_code, refused.json()["code"]) == (503, "counters_unavailable")
    assert "cache.example" not in refused.content.decode()
    assert not Job.objects.exists()
