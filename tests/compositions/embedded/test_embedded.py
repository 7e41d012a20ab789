"""webnet in a harbour's site: the harbour stays as it was, and webnet is itself whatever the harbour's settings say."""

from __future__ import annotations

import importlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import current_app
from django.contrib.auth import get_user_model
from django.core.cache import cache, caches
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import reverse
from django.utils import timezone

from tests.compositions.embedded import portrait
from tests.compositions.embedded.celery import app as harbour_celery
from tests.compositions.embedded.core.caches import Private
from tests.compositions.embedded.core.logs import Logbook
from tests.compositions.sites import walked
from tests.compositions.walk import CANARY, PASSWORD, walk
from webnet_core.access.models import Customer, Membership
from webnet_core.inventory.models import Device
from webnet_core.jobs.models import HostResult, Job, Shard
from webnet_core.live.publish import publish
from webnet_core.plugins.items import NavItem
from webnet_core.plugins.registry import registry
from webnet_core.redact import MASK, current

PREFIX = "/netops/"
API = f"{PREFIX}api/v1/"
HARBOUR_LINKS = {"/", "/assets/core/site.css"}
ATTRIBUTES = re.compile(r"^(href|src|action|formaction|hx-(get|post)|data-.*(url|href|sprite))$")


@pytest.fixture
def member(db: None) -> Any:
    """A member of the harbour who is nobody in webnet."""
    return get_user_model().objects.create_user("mate@example.org", "a-long-password")


@pytest.fixture
def master_client(db: None, client: Client) -> Client:
    """The browser of the harbour master, to whom everything is open."""
    client.force_login(get_user_model().objects.create_superuser("master@example.org", "a-long-password"))
    return client


@pytest.fixture
def device(db: None) -> Device:
    """A device whose number is long enough to be written with separators."""
    customer = Customer.objects.create(pk=54321, name="Harbour")
    return Device.objects.create(
        pk=12345, customer=customer, hostname="quay-1", mgmt_ip="127.0.0.1", port=22001, platform="cisco_ios"
    )


@pytest.fixture(autouse=True)
def no_failures_remembered() -> None:
    """Begin with nobody counted for failing to sign in."""
    caches["netops"].clear()


class Addresses(HTMLParser):
    """Collects every address that a page names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value and ATTRIBUTES.match(name)}


def addresses(page: str) -> set[str]:
    parser = Addresses()
    parser.feed(page)
    return parser.found


# ------------------------------------------------------------------------------------------------------ the host stays


@pytest.mark.django_db
def test_every_answer_of_the_harbour_is_byte_for_byte_what_it_was_without_webnet() -> None:
    command = [sys.executable, "-m", "tests.compositions.embedded.portrait"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.compositions.embedded.settings_alone"}
    environment.pop("COMPOSITION_DATABASE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    before = json.loads(done.stdout.splitlines()[-1])
    now = portrait.draw()
    assert now.keys() == before.keys()
    for path in before:
        assert now[path] == before[path], path


def test_the_harbour_keeps_its_celery() -> None:
    assert current_app.main == harbour_celery.main == "harbour"
    assert [name for name in harbour_celery.tasks if name.startswith("webnet")] == []


def test_the_celery_tasks_join_the_harbours_application_when_they_are_asked_for() -> None:
    importlib.import_module("webnet_core.jobs.celery")
    assert {"webnet.work", "webnet.tick", "harbour.tide"} <= set(harbour_celery.tasks)
    assert current_app.main == "harbour"


def test_the_harbours_logbook_is_complete_and_holds_no_secret_of_webnets() -> None:
    handlers = list(logging.root.handlers)
    current().add("sunken-treasure")
    try:
        logging.getLogger("webnet_core.jobs").warning("login with sunken-treasure")
        logging.getLogger("harbour").warning("looking for a sunken-treasure")
    finally:
        current().discard("sunken-treasure")
    assert Logbook.lines[-2:] == [
        f"harbour|webnet_core.jobs|login with {MASK}",
        "harbour|harbour|looking for a sunken-treasure",
    ]
    assert any(isinstance(handler, Logbook) for handler in handlers)


def test_publishing_leaves_the_harbours_channel_layer_alone() -> None:
    publish("job:1", 1, 1, [{"seq": 1}])
    assert "default" not in vars(importlib.import_module("channels.layers").channel_layers).get("backends", {})


def test_the_harbours_cache_holds_and_is_asked_for_nothing_of_webnets(db: None) -> None:
    Private.asked.clear()
    walk()
    assert Private.asked == []
    cache.set("tide", "high")
    assert (cache.get("tide"), Private.asked) == ("high", ["tide", "tide"])


# ----------------------------------------------------------------------------------------------------- the API is ours


@pytest.mark.django_db(transaction=True)
def test_from_login_to_logout_everything_is_answered_as_in_a_site_without_ideas_of_its_own() -> None:
    logged = len(Logbook.lines)
    here, there = walk(), walked("plain")
    assert [answer["asked"] for answer in here] == [answer["asked"] for answer in there]
    assert len({answer["status"] for answer in here}) >= 10, "a walk that meets few kinds of answers proves little"
    for ours, theirs in zip(here, there, strict=True):
        assert ours == theirs, ours["asked"]
    told = "\n".join(Logbook.lines[logged:])
    assert told, "at DEBUG the harbour's logbook says something"
    assert [secret for secret in (CANARY, PASSWORD) if secret in told] == []


def test_errors_have_webnets_shape(client: Client, member: Any) -> None:
    strangers = client.get(f"{API}devices/")
    assert strangers.status_code == 401
    assert strangers.json()["code"] == "not_authenticated"
    assert strangers.headers["Content-Type"].startswith("application/json")
    Membership.objects.create(user=member, role="viewer")
    client.force_login(member)
    wrong = client.get(f"{API}devices/?limit=many")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_input")
    assert [error["path"] for error in wrong.json()["errors"]] == ["limit"]
    assert client.get(f"{API}nothing/here/").json()["code"] == "not_found"


def test_a_member_without_a_role_sees_and_may_do_nothing(client: Client, member: Any, device: Device) -> None:
    client.force_login(member)
    refused = client.get(f"{API}devices/{device.pk}/")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    body = {"task": "get_facts", "targets": {"device_ids": [device.pk]}}
    assert client.post(f"{API}tasks/execute/", body, content_type="application/json").status_code == 403


def test_a_membership_gives_a_member_of_the_harbour_its_customers_devices(
    client: Client, member: Any, device: Device
) -> None:
    Membership.objects.create(user=member, customer=device.customer, role="viewer")
    client.force_login(member)
    row = client.get(f"{API}devices/{device.pk}/").json()
    assert (row["id"], row["hostname"]) == (12345, "quay-1")
    assert datetime.fromisoformat(row["created_at"]).tzinfo is not None


def test_lists_have_webnets_envelope_and_length(master_client: Client, device: Device) -> None:
    for number in range(4):
        Device.objects.create(
            customer=device.customer, hostname=f"quay-{number + 2}", mgmt_ip="127.0.0.1", platform="arista_eos"
        )
    body = master_client.get(f"{API}devices/").json()
    assert body.keys() == {"count", "total", "next", "previous", "results"}
    assert len(body["results"]) == body["count"] == 5
    part = master_client.get(f"{API}devices/?limit=2").json()
    assert urlsplit(part["next"]).path == f"{API}devices/"


def test_tokens_are_webnets_and_carry_an_id_that_is_no_number(client: Client, member: Any) -> None:
    given = {"username": "mate@example.org", "password": "a-long-password"}
    pair = client.post(f"{API}auth/login/", given, content_type="application/json").json()
    me = Client().get(f"{API}auth/me/", headers={"Authorization": f"Bearer {pair['access']}"})
    assert me.status_code == 200
    assert me.json()["username"] == "mate@example.org"
    again = client.post(f"{API}auth/refresh/", {"refresh": pair["refresh"]}, content_type="application/json")
    assert again.status_code == 200


def test_the_harbours_session_needs_the_harbours_token_to_change_anything(member: Any, device: Device) -> None:
    Membership.objects.create(user=member, customer=device.customer, role="admin")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member)
    address = f"{API}sites/"
    body = {"name": "North quay", "customer_id": device.customer_id}
    refused = browser.post(address, body, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "permission_denied"
    browser.get(reverse("enter"))
    token = browser.cookies["harbour_csrf"].value
    allowed = browser.post(address, body, content_type="application/json", headers={"X-Harbour-Token": token})
    assert allowed.status_code == 201


def test_the_description_is_webnets_own_whatever_the_harbour_does_with_its(master_client: Client) -> None:
    body = master_client.get(f"{API}schema/").json()
    assert body["info"]["title"] == "webnet"
    assert "x-harbour" not in body
    assert all(path.startswith(API) for path in body["paths"])
    assert "BuoyState" not in body["components"]["schemas"]
    assert body["components"]["securitySchemes"]["session"]["name"] == "harbour_session"


# -------------------------------------------------------------------------------------------- the pages are the host's


def pages() -> Iterator[str]:
    """Every page that the navigation leads to."""
    for item in registry("ui").of(NavItem):
        yield reverse(item.route)


def test_webnet_has_no_login_of_its_own_here(client: Client, db: None) -> None:
    assert client.get(f"{PREFIX}login/").status_code == 404
    for page in pages():
        sent = client.get(page)
        assert (sent.status_code, sent.headers["Location"]) == (302, f"/enter/?next={page}")


@pytest.fixture
def shown(device: Device) -> list[str]:
    """Every page of webnet's: those of the navigation, and those of a device and a job with long numbers."""
    job = Job.objects.create(pk=65432, customer=device.customer, type="run_commands", status="success", total=1, ok=1)
    again = Job.objects.create(pk=65433, customer=device.customer, type="run_commands", retry_of=job)
    shard = Shard.objects.create(job=job, number=0, state="done", start_before=timezone.now())
    result = HostResult.objects.create(
        job=job, shard=shard, device=device, device_name=device.hostname, status="ok", driver="netmiko"
    )
    return [
        *pages(),
        reverse("webnet:device-detail", args=[device.pk]),
        reverse("webnet:device-tab", args=[device.pk, "config"]),
        reverse("webnet:device-jobs", args=[device.pk]),
        reverse("webnet:run-task", args=["run_commands"]) + f"?device={device.pk}",
        reverse("webnet:job-detail", args=[job.pk]),
        reverse("webnet:job-detail", args=[again.pk]),
        reverse("webnet:job-host", args=[job.pk, result.pk]),
    ]


def test_every_page_stands_inside_the_harbours_own(master_client: Client, shown: list[str]) -> None:
    for address in shown:
        answer = master_client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["X-Harbour"] == "open"
        page = answer.content.decode()
        assert page.count("<html") == page.count("<body") == page.count("<main") == 1, address
        head, body = page.split("</head>")
        assert '<meta name="harbour" content="deep">' in head
        assert "/assets/webnet_ui/webnet.css" in head
        assert re.search(r"<title>\s*[^<\s][^<]* - at sea</title>", head), address
        nav, root, foot = (body.index(mark) for mark in ('id="harbour-nav"', 'class="wn-root', 'id="harbour-foot"'))
        assert nav < root < foot, address
        assert 'data-wn-mode="embedded"' in body


def test_every_address_on_every_page_carries_the_prefix(master_client: Client, shown: list[str]) -> None:
    for address in shown:
        assert address.startswith(PREFIX)
        named = addresses(master_client.get(address).content.decode())
        foreign = {one for one in named if not one.startswith((PREFIX, "/assets/webnet_ui/", "#", "?", "data:"))}
        assert foreign <= HARBOUR_LINKS, address


def test_every_address_survives_a_proxy_that_serves_the_harbour_below_a_path(
    master_client: Client, shown: list[str]
) -> None:
    for address in shown:
        with override_script_prefix("/bay/"):
            page = master_client.get(address, SCRIPT_NAME="/bay").content.decode()
        named = {one for one in addresses(page) if not one.startswith(("#", "?", "data:", "/assets/"))}
        assert {one for one in named if not one.startswith("/bay/")} == set(), address


def test_numbers_that_name_things_are_never_written_with_separators(master_client: Client, shown: list[str]) -> None:
    for address in shown:
        page = master_client.get(address).content.decode()
        assert re.findall(r".{60}(?:22\.001|12\.345|54\.321|65\.43[23]).{20}", page) == [], address


def test_sockets_are_looked_for_where_the_harbour_puts_them(master_client: Client, shown: list[str]) -> None:
    (address,) = [page for page in shown if page.endswith("/jobs/65433/")]
    page = master_client.get(address).content.decode()
    assert 'data-topic="job:65433"' in page
    assert re.search(r'data-ws-url="/netops/ws/live/?"', page)
