"""Health and metrics: what everybody may hear, what is told to monitoring alone, and what a probe never makes fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from webnet_core.jobs.models import Worker
from webnet_core.ops.health import glance
from webnet_core.plugin import HealthCheck, HealthResult, hookimpl

TOKEN = "t" * 40
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def looked_anew(db):
    glance.forget()
    yield
    glance.forget()


@pytest.fixture
def measured(settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "METRICS_TOKEN": TOKEN}}


class Broken:
    """A plugin whose check raises what a library may raise, with a secret in it."""

    @hookimpl
    def webnet_register_health_checks(self):
        return [HealthCheck(key="broken.store", label="Store", run=self.fail)]

    def fail(self) -> HealthResult:
        raise DatabaseError("postgres://webnet:hunter2@db/webnet is away")


@pytest.mark.parametrize("slash", ["", "/"])
def test_probes_need_no_login(slash):
    for path in ("health", "health/live", "health/ready"):
        answer = Client().get(f"/{path}{slash}")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"}), path
        assert Client().post(f"/{path}{slash}").status_code == 405


def test_what_is_needed_and_broken_makes_a_503_that_tells_the_public_nothing(webnet_plugins):
    webnet_plugins.load(broken=Broken())
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert Client().get("/health/live").status_code == 200


def test_details_are_for_those_who_may_measure(webnet_plugins, measured):
    webnet_plugins.load(broken=Broken())
    body = Client().get("/health/ready", headers=BEARER).json()
    found = {row["key"]: row for row in body["checks"]}
    assert {"database", "cache", "broker", "workers", "broken.store"} <= set(found)
    assert (found["database"]["ok"], found["broken.store"]["ok"]) == (True, False)
    assert "hunter2" not in str(body)


def test_no_worker_leaves_the_site_ready_and_says_so(measured):
    Worker.objects.create(name="old", kind="embedded", seen_at=timezone.now() - timedelta(hours=1))
    body = Client().get("/health/ready", headers=BEARER).json()
    workers = next(row for row in body["checks"] if row["key"] == "workers")
    assert (body["status"], workers["ok"], workers["needed"]) == ("ok", False, False)


def test_a_global_admin_reads_the_same_over_the_api(world):
    Worker.objects.create(name="w1", kind="embedded", queues=["default"])
    body = world.client("boss").get("/api/v1/health/").json()
    assert body["ready"] is True
    assert next(row for row in body["checks"] if row["key"] == "workers")["facts"]["alive"] == 1
    (worker,) = world.client("boss").get("/api/v1/workers/").json()["results"]
    assert (worker["name"], worker["alive"], worker["queues"]) == ("w1", True, ["default"])


def test_a_glance_is_shared_for_a_moment(webnet_plugins):
    asked = []

    class Counting:
        @hookimpl
        def webnet_register_health_checks(self):
            return [HealthCheck(key="counting.one", label="", run=lambda: asked.append(1) or HealthResult(ok=True))]

    webnet_plugins.load(counting=Counting())
    for _ in range(3):
        Client().get("/health/ready")
    assert len(asked) == 1


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_metrics_are_not_public(measured, headers):
    answer = Client().get("/metrics", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_without_a_token_nobody_measures_from_anywhere():
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


def test_an_allowed_network_needs_no_token_and_a_forged_header_does_not_help(settings):
    settings.WEBNET = {**settings.WEBNET, "CORE": {**settings.WEBNET["CORE"], "METRICS_NETWORKS": ["10.1.0.0/16"]}}
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.2.2.3", headers={"X-Forwarded-For": "10.1.2.3"}).get("/metrics").status_code == 401


def test_figures_have_routes_and_never_addresses(world, measured):
    world.job()
    world.client("viewer").get(f"/api/v1/devices/{world.devices[0].pk}/")
    world.client("viewer").get("/api/v1/canary-in-the-path/")
    text = Client().get("/metrics", headers=BEARER).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    by_name = {}
    for sample in samples:
        by_name.setdefault(sample.name, []).append(sample)
    assert {sample.labels["status"]: sample.value for sample in by_name["webnet_jobs_open"]}["queued"] == 1
    assert by_name["webnet_shards_waiting"][0].labels == {"queue": "default"}
    assert sum(sample.value for sample in by_name["webnet_devices"]) == 4
    routes = {sample.labels["route"] for sample in by_name["webnet_http_requests_total"]}
    assert "api/v1/devices/<webnet_id:pk>" in routes
    assert "canary" not in text
