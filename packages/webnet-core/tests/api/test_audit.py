"""Reading the audit: who sees what of it, filters, reading on, and files that harm nobody who opens them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import AsyncClient
from django.utils import timezone
from tests.api.conftest import HOSTILE

from webnet_core.access.models import Membership
from webnet_core.access.scope import forget_grants
from webnet_core.audit.models import AuditEvent
from webnet_core.audit.record import origin, record
from webnet_core.audit.seal import seal_waiting
from webnet_core.inventory.sites import create_site
from webnet_core.spreadsheet import one_line, safe_cell
from webnet_core.testing.factories import make_user

API = "/api/v1/audit/"


@pytest.fixture
def told(world):
    """Three events of ours, two of theirs, one of nobody's."""
    ours, theirs = world.ours.pk, world.theirs.pk
    with origin(request_id="r-1", address="192.0.2.1", door="session"):
        create_site(world.users["operator"], ours, {"name": "Rome"})
    record(world.users["operator"], "test.act", world.devices[0], data={"n": 1})
    record(None, "test.act", world.devices[1])
    record(world.users["stranger"], "test.act", world.foreign_device)
    record(world.users["stranger"], "test.other", customer_id=theirs)
    record(None, "auth.login_failed", data={"username": "mallory"})
    return world


def actions(world, who, query=None, **kwargs):
    return [row["action"] for row in world.client(who).get(API, query or {}, **kwargs).json()["results"]]


def exported(answer):
    return answer.getvalue().decode()


# -------------------------------------------------------------------------------------------------------------- scope


def test_an_admin_sees_the_audit_of_their_customer_and_a_global_admin_all(told):
    assert actions(told, "admin") == ["test.act", "test.act", "sites.create"]
    assert actions(told, "stranger") == ["test.other", "test.act"]
    assert len(actions(told, "boss")) == 6
    for who in ("viewer", "operator"):
        assert told.client(who).get(API).status_code == 403
    assert told.client("anonymous").get(API).status_code == 401


def test_the_header_and_the_filter_narrow_to_one_customer(told):
    header = {"X-Customer-ID": str(told.theirs.pk)}
    assert actions(told, "boss", headers=header) == ["test.other", "test.act"]
    assert actions(told, "boss", {"customer_id": told.theirs.pk}) == ["test.other", "test.act"]
    assert actions(told, "admin", {"customer_id": told.theirs.pk}) == []
    assert actions(told, "admin", {"customer_id": 999_999}) == []


def test_a_role_of_admin_counts_in_its_own_customer_only(told):
    user = told.users["admin"]
    Membership.objects.create(user=user, customer=told.theirs, role="operator")
    forget_grants(user)
    assert actions(told, "admin") == ["test.act", "test.act", "sites.create"]
    foreign = AuditEvent.objects.get(action="test.other").pk
    assert told.client("admin").get(f"{API}{foreign}/").status_code == 404
    assert "test.other" not in exported(told.client("admin").get(f"{API}export/"))


def test_one_event_is_shown_with_all_that_is_known(told):
    seal_waiting()
    event = AuditEvent.objects.get(action="sites.create")
    shown = told.client("admin").get(f"{API}{event.pk}/").json()
    assert (shown["username"], shown["door"], shown["request_id"], shown["address"]) == (
        "operator",
        "session",
        "r-1",
        "192.0.2.1",
    )
    assert shown["user_id"] == told.users["operator"].pk
    assert shown["data"] == {"after": {"name": "Rome", "queue": "default", "time_zone": "UTC"}}
    assert (shown["object_type"], shown["object_label"], shown["seal"]) == ("webnet_core.site", "Rome", event.seal)
    assert shown["seal_number"] == 1


# ------------------------------------------------------------------------------------------------------------ filters


def test_every_filter_narrows(told):
    site = AuditEvent.objects.get(action="sites.create")
    device = told.devices[0]
    assert actions(told, "admin", {"action": "test.act"}) == ["test.act", "test.act"]
    assert actions(told, "admin", {"user": "operator"}) == ["test.act", "sites.create"]
    assert actions(told, "admin", {"object_type": "webnet_core.site"}) == ["sites.create"]
    assert actions(told, "admin", {"object_type": "webnet_core.device", "object_id": device.pk}) == ["test.act"]
    assert actions(told, "admin", {"request_id": "r-1"}) == ["sites.create"]
    assert actions(told, "admin", {"door": "session"}) == ["sites.create"]
    later = (site.ts + timedelta(microseconds=1)).isoformat()
    assert actions(told, "admin", {"since": later}) == ["test.act", "test.act"]
    assert actions(told, "admin", {"until": later}) == ["sites.create"]
    assert actions(told, "admin", {"since": timezone.now().isoformat()}) == []


@pytest.mark.parametrize("query", [{"colour": "red"}, {"username": "x"}, {"since": "yesterday"}, {"object_id": "x"}])
def test_a_filter_that_is_none_is_refused(told, query):
    for path in (API, f"{API}export/"):
        answer = told.client("admin").get(path, query)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == next(iter(query))


def test_the_list_is_read_on_by_its_next_without_a_gap_while_more_is_written(told):
    client, seen, url = told.client("boss"), [], f"{API}?limit=2"
    while url:
        body = client.get(url).json()
        assert body["count"] is None
        seen += [row["id"] for row in body["results"]]
        record(None, "test.meanwhile")
        url = body["next"]
    before = AuditEvent.objects.exclude(action="test.meanwhile").order_by("-pk").values_list("pk", flat=True)
    assert seen == list(before)


# ------------------------------------------------------------------------------------------------------------- export


def test_the_export_as_csv_has_every_event_the_oldest_first(told):
    seal_waiting()
    answer = told.client("admin").get(f"{API}export/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="webnet-audit-')
    rows = list(csv.DictReader(io.StringIO(exported(answer))))
    assert [row["action"] for row in rows] == ["sites.create", "test.act", "test.act"]
    assert json.loads(rows[0]["data"])["after"]["name"] == "Rome"
    assert rows[0]["seal"] == AuditEvent.objects.get(action="sites.create").seal


def test_the_export_as_json_lines_has_the_same(told):
    answer = told.client("admin").get(f"{API}export/", {"format": "jsonl", "action": "test.act"})
    assert answer["Content-Type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in exported(answer).splitlines()]
    assert [row["object_label"] for row in rows] == [device.hostname for device in told.devices[:2]]


def test_an_export_is_itself_recorded_where_its_customers_admins_see_it(told):
    client = told.client("boss")
    client.get(f"{API}export/", {"customer_id": told.ours.pk, "format": "jsonl", "since": "2026-01-01T00:00:00Z"})
    event = AuditEvent.objects.get(action="audit.export")
    assert (event.username, event.customer_id) == ("boss", told.ours.pk)
    assert event.data["format"] == "jsonl"
    assert event.data["filters"]["since"].startswith("2026-01-01")
    told.client("admin").get(f"{API}export/")
    assert AuditEvent.objects.filter(action="audit.export", customer=told.ours).count() == 2
    client.get(f"{API}export/")
    assert AuditEvent.objects.filter(action="audit.export", customer=None).count() == 1


def test_an_export_of_several_pages_is_whole_and_ends_where_it_began(told):
    AuditEvent.objects.bulk_create(
        AuditEvent(customer=told.ours, action="test.many", data={"n": n}) for n in range(2500)
    )
    answer = told.client("admin").get(f"{API}export/", {"format": "jsonl", "action": "test.many"})
    record(None, "test.many", customer_id=told.ours.pk)
    rows = [json.loads(line) for line in exported(answer).splitlines()]
    assert [row["data"]["n"] for row in rows] == list(range(2500))


@pytest.mark.django_db(transaction=True)
def test_an_export_streams_from_an_asgi_server_too(told):
    boss = make_user("asgi", role="admin", customer=None)

    async def fetch() -> tuple[bool, bytes]:
        client = AsyncClient()
        await client.aforce_login(boss)
        answer = await client.get(f"{API}export/", {"format": "jsonl"})
        return answer.is_async, b"".join([part async for part in answer.streaming_content])

    is_async, text = asyncio.run(fetch())
    assert is_async
    assert "sites.create" in text.decode()


def test_no_name_forges_a_line_or_a_formula(told):
    names = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", " =1", "a\r\n7,2026,forged", HOSTILE]
    for name in names:
        make_user(name, role="operator", customer=told.ours)
        record(type(told.users["boss"]).objects.get(username=name), "test.named", customer_id=told.ours.pk)
    text = exported(told.client("boss").get(f"{API}export/", {"action": "test.named"}))
    assert len(text.split("\r\n")) == len(names) + 2
    assert not [character for character in text.replace("\r\n", "") if ord(character) < 32 or ord(character) == 127]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(names)
    assert not [row for row in rows for cell in row.values() if cell[:1] in set("=+-@\t\r")]
    lines = exported(told.client("boss").get(f"{API}export/", {"action": "test.named", "format": "jsonl"}))
    assert lines.isascii()
    assert [json.loads(line)["username"] for line in lines.splitlines()] == names


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("-5", "-5"),
        ("+3.25", "+3.25"),
        (-7, "-7"),
        ("1e5", "1e5"),
        ("-", "'-"),
        ("-5+1", "'-5+1"),
        ("=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("", ""),
        ("   ", "   "),
        (None, ""),
        ("plain", "plain"),
        ("a=b", "a=b"),
        ("\tx", "'\\tx"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb\u2028c", "a\\u202eb\\u2028c"),
        ("Zürich", "Zürich"),
    ],
)
def test_a_cell(value, cell):
    assert safe_cell(value) == cell
    assert one_line(safe_cell(value)) == safe_cell(value)
