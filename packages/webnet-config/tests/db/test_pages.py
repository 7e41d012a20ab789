"""What people see of a configuration."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from tests.conftest import config

from webnet_config.models import Snapshot
from webnet_config.timeline import device_context, ranges
from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.plugins.items import Tab, Viewer
from webnet_core.plugins.registry import registry

pytestmark = pytest.mark.django_db
SECRET = "$1$abcd$wxyz"


@pytest.fixture
def one(device, store):
    found = device("r1")
    store({found: config(description="old <script>alert(1)</script>")})
    store({found: config(description="new")})
    return found


def test_the_ranges_touch_each_other_and_the_newest_is_open(one, member):
    newest, first = ranges(member("v", "viewer"), one)
    assert newest.until is None
    assert first.until == newest.since


def test_the_page_shows_the_masked_text_with_linkable_lines(one, client, member):
    client.force_login(member("v", "viewer"))
    old = Snapshot.objects.order_by("pk").first()
    page = client.get(f"/config/snapshots/{old.pk}/").content.decode()
    assert 'id="L1"' in page
    assert SECRET not in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert 'aria-current="true"' in page
    assert f"/config/snapshots/{old.pk}/raw/" not in page


def test_who_may_see_secrets_is_offered_them(one, client, member):
    client.force_login(member("a", "admin"))
    pk = Snapshot.objects.first().pk
    assert f"/config/snapshots/{pk}/raw/" in client.get(f"/config/snapshots/{pk}/").content.decode()
    answer = client.get(f"/config/snapshots/{pk}/raw/")
    assert answer.content.decode() == config(description="new")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert AuditEvent.objects.filter(action="config.view_raw", object_id=pk).count() == 1


def test_who_may_not_see_secrets_gets_the_masked_file_only(one, client, member):
    client.force_login(member("o", "operator"))
    pk = Snapshot.objects.first().pk
    assert client.get(f"/config/snapshots/{pk}/raw/").status_code == 403
    text = client.get(f"/config/snapshots/{pk}/download/").content.decode()
    assert "hostname r1" in text
    assert SECRET not in text


@pytest.mark.parametrize("tail", ["", "raw/", "download/"])
def test_a_foreign_snapshot_is_not_there(one, client, member, tail):
    client.force_login(member("a", "admin", Customer.objects.create(name="Other")))
    assert client.get(f"/config/snapshots/{Snapshot.objects.first().pk}/{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["", "raw/", "download/"])
def test_the_anonymous_are_asked_to_sign_in(one, client, tail):
    answer = client.get(f"/config/snapshots/{Snapshot.objects.first().pk}/{tail}")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def shown_tab(user, device) -> str:
    tab = next(item for item in registry("ui").values() if isinstance(item, Tab) and item.key == "config")
    assert tab.on == "webnet_core.device"
    return render_to_string(tab.template, dict(tab.context(Viewer(user=user, customer_ids=None), device)))


def test_the_devices_tab_shows_its_newest_configuration(one, member):
    shown = shown_tab(member("v", "viewer"), one)
    assert " description new" in shown
    assert shown.count("/config/snapshots/") == 3
    assert SECRET not in shown


def test_the_tab_of_a_device_without_one_says_so(device, member):
    assert "No configuration stored yet" in shown_tab(member("v", "viewer"), device("r9"))


def test_the_tab_gives_nothing_to_a_stranger(one, member):
    stranger = member("s", "admin", Customer.objects.create(name="Other"))
    assert device_context(Viewer(user=stranger, customer_ids=None), one)["snapshot"] is None
