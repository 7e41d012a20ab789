"""The description of the API, its page, request ids, and a host whose own settings would break it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings
from drf_spectacular.management.commands.spectacular import Command
from rest_framework.settings import api_settings
from tests.api.conftest import JSONClient
from tests.api.hostile_host import REST_FRAMEWORK as HOSTILE_HOST
from tests.api.routes import mounted
from tests.db import executor

from webnet_core.api.schema import build_schema, kept_schema
from webnet_core.api.views import WebnetAPIView
from webnet_core.audit.models import AuditEvent

API = "/api/v1"


@pytest.fixture(scope="module")
def schema():
    return build_schema()


def test_the_description_is_valid_openapi_without_a_warning(tmp_path):
    """A warning or an invalid description ends the command with an error."""
    file = tmp_path / "openapi.yaml"
    generator = "webnet_core.api.schema.WebnetGenerator"
    call_command(Command(), generator_class=generator, validate=True, fail_on_warn=True, file=str(file))
    assert file.read_text(encoding="utf-8").count("operationId") == len(list(mounted())) - 1  # docs/ is a page


def test_the_description_is_made_once_and_again_where_other_plugins_are_loaded(world, webnet_plugins):
    client = world.client("viewer")
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: kept_schema(), range(4))
    assert all(other is first for other in others)
    assert client.get(f"{API}/schema/").json() == json.loads(json.dumps(first))
    assert "proof.read" not in json.dumps(first)
    webnet_plugins.load(proof=executor)
    assert "proof.read" in json.dumps(client.get(f"{API}/schema/").json())


def test_descriptions_made_at_one_moment_are_the_same():
    with ThreadPoolExecutor(3) as pool:
        one, *others = pool.map(lambda _: build_schema(), range(3))
    assert all(other == one for other in others)


def test_every_route_is_described_once_with_its_errors(schema):
    described = {
        (path.removeprefix("/api/v1/"), method) for path, methods in schema["paths"].items() for method in methods
    }
    routes = {
        (
            route.route.replace("<webnet_id:pk>", "{id}")
            .replace("<webnet_user:pk>", "{id}")
            .replace("<webnet_user:user_id>", "{user_id}")
            .replace("<uuid:pk>", "{id}")
            .replace("<webnet_id:device_id>", "{device_id}")
            .replace("<webnet_id:range_id>", "{range_id}")
            .replace("<str:name>", "{name}"),
            route.method,
        )
        for route in mounted()
        if route.name != "api-docs"
    }
    assert described == routes
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert {"400", "401"} <= set(operation["responses"]), (path, method)
            error = operation["responses"]["400"]["content"]["application/json"]["schema"]
            assert error == {"$ref": "#/components/schemas/Error"}
            assert operation["summary" if "summary" in operation else "description"]


def test_operations_and_enumerations_have_stable_names(schema):
    names = [operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    assert {"auth_login", "tasks_plan", "tasks_execute", "tasks_status", "jobs_cancel", "devices_jobs_list"} <= set(
        names
    )
    assert {"JobStatus", "HostStatus", "Reachability", "Role", "Risk", "SimpleState", "LogLevel"} <= set(
        schema["components"]["schemas"]
    )
    assert not [name for name in schema["components"]["schemas"] if name.startswith("Status") and name.endswith("Enum")]


def test_the_names_of_installed_tasks_are_in_the_description(world):
    described = world.client("viewer").get(f"{API}/schema/").json()
    task = described["components"]["schemas"]["ExecuteBody"]["properties"]["task"]
    assert "talker.ask" in json.dumps(task) or "talker.ask" in json.dumps(described["components"]["schemas"])


def test_no_secret_is_described_as_an_answer(schema):
    properties = schema["components"]["schemas"]["CredentialAnswer"]["properties"]
    assert not {"password", "enable_password", "ssh_private_key"} & set(properties)


def test_answers_are_what_the_description_says(world, schema):
    """The fields of real answers are exactly the described ones."""
    job = world.finished_job()
    client, shapes = world.client("admin"), schema["components"]["schemas"]
    for path, name in (
        (f"devices/{world.devices[0].pk}/", "DeviceAnswer"),
        (f"sites/{world.site.pk}/", "SiteAnswer"),
        (f"credentials/{world.credential.pk}/", "CredentialAnswer"),
        (f"customers/{world.ours.pk}/", "CustomerAnswer"),
        (f"jobs/{job.pk}/", "JobAnswer"),
        (f"jobs/{job.pk}/logs/", "LogAnswer"),
        (f"jobs/{job.pk}/events/", "EventsAnswer"),
        (f"jobs/{job.pk}/results/", "ResultsAnswer"),
        (f"jobs/{job.pk}/results/{world.devices[0].pk}/", "OutputAnswer"),
        (f"tasks/status/{job.pk}/", "StatusAnswer"),
        (f"audit/{AuditEvent.objects.latest('pk').pk}/", "EventRowAnswer"),
        ("audit/", "EventListAnswer"),
        ("tasks/", "TasksAnswer"),
        ("tasks/talker.ask/", "TaskAnswer"),
        ("auth/me/", "MeAnswer"),
        (f"api-keys/{world.key.pk}/", "KeyAnswer"),
        (f"users/{world.users['viewer'].pk}/", "UserAnswer"),
        (f"devices/{world.devices[0].pk}/host-keys/", "HostKeysAnswer"),
    ):
        answer = client.get(f"{API}/{path}").json()
        assert set(answer) == set(shapes[name]["properties"]), name
    plan = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["x"]}}
    assert set(client.post(f"{API}/tasks/plan/", plan).json()) == set(shapes["PlanAnswer"]["properties"])
    assert set(client.post(f"{API}/tasks/execute/", plan).json()) == set(shapes["SubmittedAnswer"]["properties"])


def test_the_page_takes_its_files_from_this_site_and_only_for_those_signed_in(world):
    page = world.client("viewer").get(f"{API}/docs/")
    text = page.content.decode()
    assert page["Content-Type"].startswith("text/html")
    assert "//" not in text.replace("<!doctype html>", "")
    for path in ("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js", "webnet_core/apidocs.js"):
        assert f"static/{path}" in text
        assert finders.find(path)
    asked = world.client("anonymous").get(f"{API}/docs/")
    assert (asked.status_code, asked["Location"].partition("?")[2]) == (302, "next=/api/v1/docs/")


@pytest.mark.parametrize("given", ["abc-123", "A" * 64])
def test_a_request_id_is_given_back_and_recorded(world, given):
    answer = world.client("operator").post(f"{API}/sites/", {"name": "x"}, headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] == given
    event = AuditEvent.objects.get(action="sites.create")
    assert (event.request_id, event.address) == (given, "127.0.0.1")


@pytest.mark.parametrize("given", ["", "a b", "A" * 65, "é", "x\ty", "<script>"])
def test_a_request_id_that_is_not_one_is_replaced(world, given):
    answer = world.client("viewer").get(f"{API}/sites/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 36


def test_a_fault_of_ours_is_a_500_in_the_shape_of_errors_that_tells_nothing(world, caplog):
    class Broken(WebnetAPIView):
        actions = {"get": "public"}

        def get(self, request):
            raise RuntimeError("the secret is hunter2")

    from django.test import RequestFactory

    with caplog.at_level(logging.ERROR, logger="webnet_core.api.errors"):
        answer = Broken.as_view()(RequestFactory().get("/")).render()
    assert answer.status_code == 500
    assert "hunter2" not in answer.content.decode()
    assert json.loads(answer.content)["request_id"] == answer["X-Request-ID"]
    assert "RuntimeError" in caplog.text


def test_errors_carry_detail_for_older_clients(world):
    body = world.client("viewer").get(f"{API}/devices/999999/").json()
    assert body["detail"] == body["message"]
    assert body["code"] == "not_found"


def test_nothing_is_taken_from_the_hosts_own_settings_for_its_rest(world):
    host = {
        "REST_FRAMEWORK": HOSTILE_HOST,
        "SIMPLE_JWT": {"SIGNING_KEY": "x"},
        "SPECTACULAR_SETTINGS": {"TITLE": "Host"},
    }
    with override_settings(**host):
        assert api_settings.PAGE_SIZE == 1, "the test's own premise"
        for _ in range(3):
            listed = world.client("viewer").get(f"{API}/devices/", headers={"Accept": "text/html"})
        body = listed.json()
        assert (listed.status_code, len(body["results"]), body["total"]) == (200, 3, 3)
        assert "T" in body["results"][0]["created_at"]
        made = world.client("operator").post(f"{API}/sites/", {"name": "Zürich"})
        assert (made.status_code, made.json()["name"]) == (201, "Zürich")
        wrong = world.client("operator").post(f"{API}/sites/", [])
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "")
        assert world.client("viewer").post(f"{API}/sites/", {"name": "x"}).status_code == 403
        assert JSONClient().get(f"{API}/devices/").status_code == 401
        assert world.client("viewer").get(f"{API}/schema/").json()["info"]["title"] == "webnet"
        limited = world.client("viewer").get(f"{API}/devices/", {"limit": 1}).json()
        assert len(limited["results"]) == 1


def test_a_host_that_starts_with_hostile_settings_serves_the_same_api():
    """In a process of its own: DRF freezes its defaults into classes when they are made."""
    code = """
import django
django.setup()
from django.core.management import call_command
from rest_framework.test import APIClient
from webnet_core.testing.factories import make_customer, make_devices, make_user
call_command("migrate", verbosity=0)
customer = make_customer()
make_user("ada", role="operator", customer=customer, password="correct horse")
make_devices(3, customer)
client = APIClient()
login = client.post("/api/v1/auth/login/", {"username": "ada", "password": "correct horse"}, format="json")
assert login.status_code == 200, login.content
bearer = {"Authorization": "Bearer " + login.json()["access"]}
for _ in range(3):
    listed = client.get("/api/v1/devices/", headers={**bearer, "Accept": "text/html"})
    assert listed.status_code == 200, listed.content
    assert len(listed.json()["results"]) == 3
    assert "T" in listed.json()["results"][0]["created_at"]
assert client.post("/api/v1/sites/", {"name": "Rome"}, headers=bearer, format="json").status_code == 201
assert client.get("/api/v1/devices/").status_code == 401
assert client.get("/api/v1/schema/", headers=bearer).json()["info"]["title"] == "webnet"
"""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.api.hostile_host"}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
