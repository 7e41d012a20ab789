"""The dashboard: figures, what needs somebody, what runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.db import plugin

from webnet_core.inventory.models import Device
from webnet_core.jobs.models import Job
from webnet_core.testing.factories import make_device, make_devices

URL = "/netops/"


@pytest.fixture
def tasks(webnet_plugins):
    webnet_plugins.load(acme=plugin.Tasks())


def make_job(customer, status, *, age=timedelta(0), **fields):
    now = timezone.now() - age
    ended = None if status in {"running", "queued"} else now
    values = {"type": "get_facts", "requested_at": now, "finished_at": ended, "total": 1, **fields}
    return Job.objects.create(customer=customer, status=status, **values)


def test_figures_count_the_viewers_devices_in_use(login, world):
    make_device(world.ours, reachability="reachable")
    make_device(world.ours, reachability="unreachable", last_error="unreachable: gone")
    make_device(world.ours, reachability="reachable", enabled=False)
    make_devices(5, world.theirs, reachability="unreachable")
    figures = login(world.viewer).get(URL).context["devices"]
    assert (figures.reachable, figures.in_use, figures.unreachable, figures.never) == (1, 3, 1, 1)
    assert figures.hint == "1 unreachable, 1 never contacted"


def test_job_figures_are_of_the_last_day_and_the_viewers_customers(login, world):
    for status in ("success", "partial", "failed", "interrupted", "running"):
        make_job(world.ours, status)
    make_job(world.ours, "failed", age=timedelta(hours=25))
    make_job(world.theirs, "failed")
    context = login(world.viewer).get(URL).context
    assert (context["jobs"].total, context["jobs"].failed) == (5, 2)
    assert context["jobs"].hint == "1 succeeded, 1 partial, 2 failed"
    assert [job.status for job in context["running"]] == ["running"]


def test_the_gravest_comes_first_and_each_is_a_link(login, world):
    for name, error in (
        ("c", "timeout: slow"),
        ("b", "authentication: no"),
        ("a", "task_error: x"),
        ("d", "host_key: !"),
    ):
        make_device(world.ours, hostname=f"{name}-1", last_error=error, last_error_at=timezone.now())
    make_device(world.ours, hostname="off-1", last_error="host_key: !", enabled=False)
    make_device(world.theirs, hostname="their-1", last_error="host_key: !")
    response = login(world.viewer).get(URL)
    assert [device.hostname for device in response.context["attention"]] == ["d-1", "b-1", "c-1", "a-1"]
    for device in response.context["attention"]:
        assert reverse("webnet:device-detail", args=[device.pk]) in response.content.decode()


def test_more_than_fit_are_counted_and_linked(login, world):
    make_devices(20, world.ours, last_error="timeout: slow")
    response = login(world.viewer).get(URL)
    assert len(response.context["attention"]) == 8
    assert "All 20 devices" in response.content.decode()


def test_figures_link_to_exactly_what_they_count(login, world):
    make_device(world.ours, hostname="good", reachability="reachable")
    make_device(world.ours, hostname="bad", reachability="unreachable")
    client = login(world.viewer)
    for query, expected in (("enabled=yes&reachability=reachable", ["good"]), ("enabled=yes&error=any", ["bad"])):
        assert f'href="/netops/devices/?{query.replace("&", "&amp;")}"' in client.get(URL).content.decode()
        rows = client.get(f"/netops/devices/?{query}").context["table"].paginated_rows
        assert [row.record.hostname for row in rows] == expected


def test_it_looks_again_soon_while_something_runs_and_seldom_otherwise(login, world, tasks):
    client = login(world.viewer)
    assert "every 60s" in client.get(URL).content.decode()
    make_job(world.ours, "running")
    page = client.get(URL, headers={"HX-Request": "true"}).content.decode()
    assert "every 3s" in page
    assert "Read facts" in page
    assert "<html" not in page


def test_the_fragment_asks_no_plugin(login, world, webnet_plugins):
    webnet_plugins.load(acme=plugin.Good())
    client = login(world.viewer)
    assert "barrel full" in client.get(URL).content.decode()
    assert "barrel full" not in client.get(URL, headers={"HX-Request": "true"}).content.decode()


def test_no_device_says_what_to_do(login, world):
    Device.objects.all().delete()
    assert "No devices yet" in login(world.viewer).get(URL).content.decode()


def test_it_costs_the_same_however_large_the_network(login, world, tasks, django_assert_max_num_queries):
    client = login(world.viewer)
    with django_assert_max_num_queries(9) as few:
        client.get(URL)
    make_devices(100, world.ours, last_error="timeout: slow")
    for status in ("running", "success", "partial") * 5:
        make_job(world.ours, status, user=world.operator)
    with django_assert_max_num_queries(9) as many:
        client.get(URL)
    assert len(many) == len(few)


def test_a_user_who_belongs_nowhere_sees_no_dashboard(login, world):
    stranger = world.viewer
    stranger.webnet_memberships.all().delete()
    assert login(stranger).get(URL).status_code == 403


@pytest.fixture
def host(settings, tmp_path):
    """A host whose page surrounds ours."""
    page = "<html><body><main><header>The host's own header</header>{% block wn_head %}{% endblock %}"
    (tmp_path / "host.html").write_text(
        page + "{% block wn_root %}{% endblock %}</main></body></html>", encoding="utf-8"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.WEBNET = {"UI": {"MODE": "embedded", "BASE_TEMPLATE": "host.html"}}


@pytest.mark.parametrize("path", ["", "devices/", "devices/{pk}/", "devices/{pk}/jobs/"])
def test_inside_a_hosts_page_everything_stands_in_one_root(login, world, host, path):
    page = login(world.operator).get(f"{URL}{path.format(pk=world.device.pk)}").content.decode()
    assert "The host's own header" in page
    assert page.count('class="wn-root"') == 1
    assert page.count("<main") == 1
