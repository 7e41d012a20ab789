"""Snapshots over REST."""

from __future__ import annotations

import pytest
from tests.conftest import config

from webnet_config.models import Snapshot
from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
SECRET = "$1$abcd$wxyz"


@pytest.fixture
def one(device, store):
    """A device with two snapshots."""
    found = device("r1")
    store({found: config(description="a")})
    store({found: config(description="b")})
    return found


@pytest.fixture
def as_(client, member):
    def sign_in(role: str, of: Customer | None = None):
        client.force_login(member(f"{role} of {of or 'acme'}", role, of))
        return client

    return sign_in


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_devices_snapshots_come_newest_first(one, as_, slash):
    answer = as_("viewer").get(f"/api/v1/config/devices/{one.pk}/snapshots{slash}").json()
    newest, first = Snapshot.objects.order_by("-pk")
    assert answer["count"] == 2
    assert [row["id"] for row in answer["results"]] == [newest.pk, first.pk]
    row = answer["results"][0]
    assert (row["job_id"], row["source"], row["hash"]) == (newest.job_id, "backup", newest.raw.digest)
    assert (row["lines_added"], row["lines_removed"]) == (1, 1)
    assert "config_text" not in row


def test_a_list_is_cut_by_limit(one, as_):
    answer = as_("viewer").get(f"/api/v1/config/devices/{one.pk}/snapshots/?limit=1").json()
    assert (answer["count"], len(answer["results"])) == (2, 1)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_viewer_reads_the_masked_text(one, as_, slash):
    pk = Snapshot.objects.first().pk
    answer = as_("viewer").get(f"/api/v1/config/snapshots/{pk}{slash}").json()
    assert answer["id"] == pk
    assert answer["device_id"] == one.pk
    assert "hostname r1" in answer["config_text"]
    assert SECRET not in answer["config_text"]
    assert answer["masked"] is True


@pytest.mark.parametrize(
    ("role", "query", "raw"),
    [
        ("admin", "?raw=true", True),
        ("admin", "", False),
        ("operator", "?raw=true", False),
        ("viewer", "?raw=true", False),
    ],
)
def test_secrets_are_shown_to_who_may_and_asks(one, as_, role, query, raw):
    pk = Snapshot.objects.first().pk
    answer = as_(role).get(f"/api/v1/config/snapshots/{pk}/{query}").json()
    assert (SECRET in answer["config_text"]) is raw
    assert answer["masked"] is not raw
    assert AuditEvent.objects.filter(action="config.view_raw", object_id=pk).exists() is raw


def test_an_admin_of_another_customer_sees_no_such_thing(one, as_):
    client = as_("admin", Customer.objects.create(name="Other"))
    pk = Snapshot.objects.first().pk
    for path in (f"devices/{one.pk}/snapshots/", f"snapshots/{pk}/", f"snapshots/{pk}/?raw=true"):
        assert client.get(f"/api/v1/config/{path}").status_code == 404, path


def test_the_anonymous_are_refused(one, client):
    assert client.get(f"/api/v1/config/devices/{one.pk}/snapshots/").status_code == 401


def test_an_unknown_filter_is_refused(one, as_):
    assert as_("viewer").get(f"/api/v1/config/devices/{one.pk}/snapshots/?order=x").status_code == 400


def test_the_number_of_queries_does_not_grow_with_the_list(one, store, as_, django_assert_max_num_queries):
    for number in range(8):
        store({one: config(description=str(number))})
    client = as_("viewer")
    with django_assert_max_num_queries(8):
        assert len(client.get(f"/api/v1/config/devices/{one.pk}/snapshots/").json()["results"]) == 10


def test_the_routes_are_described():
    from webnet_core.api.schema import build_schema

    described = build_schema()["paths"]
    assert {path for path in described if "/config/" in path} == {
        "/api/v1/config/devices/{id}/snapshots/",
        "/api/v1/config/snapshots/{id}/",
    }
