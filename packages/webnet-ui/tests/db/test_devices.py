"""The list of devices, one device, and what is started from there."""

from __future__ import annotations

import uuid

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from tests.db import plugin

from webnet_core.inventory.devices import disable_device
from webnet_core.inventory.models import Device, DeviceGroup, HostKey, Selection, Tag
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.submit import submit
from webnet_core.testing.factories import make_credential, make_device, make_devices

HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
LIST = "/netops/devices/"


@pytest.fixture
def tasks(webnet_plugins):
    """Tasks that the pages know by name."""
    webnet_plugins.load(acme=plugin.Tasks())


def url_of(name, *arguments):
    return reverse(f"webnet:{name}", args=arguments)


def names_in(response):
    return [row.record.hostname for row in response.context["table"].paginated_rows]


def test_deep_pages_have_the_rows_that_they_would_have_if_counted_from_the_front(login, world):
    make_devices(1150, world.device.customer)
    client = login(world.viewer)
    whole = sorted(Device.objects.filter(customer=world.device.customer).values_list("hostname", flat=True))
    size = len(names_in(client.get(LIST)))
    last = -(-len(whole) // size)
    for page in (1, 500 // size + 2, last - 1, last):
        assert names_in(client.get(f"{LIST}?page={page}")) == whole[(page - 1) * size : page * size], page
    found = names_in(client.get(f"{LIST}?page={last}&sort=-hostname"))
    assert found == whole[::-1][(last - 1) * size :]


class TestScope:
    @pytest.mark.parametrize("path", ["", "jobs/", "slots/", "?_part=panel&panel=acme.later"])
    def test_a_device_of_another_customer_is_not_found(self, login, world, path, webnet_plugins):
        webnet_plugins.load(acme=plugin.Good())
        url = f"{LIST}{world.foreign.pk}/{path}"
        client = login(world.viewer)
        assert client.get(url).status_code == 404
        assert client.get(url, headers=HTMX).status_code == 404
        assert login(world.stranger).get(url).status_code == 200

    @pytest.mark.parametrize("pk", [0, 999_999, 2**63, 10**30])
    def test_a_device_that_is_not_there_is_not_found(self, login, world, pk):
        assert login(world.viewer).get(f"{LIST}{pk}/").status_code == 404

    def test_the_list_holds_the_viewers_customers_devices_alone(self, login, world):
        assert names_in(login(world.viewer).get(LIST)) == ["lon-core-1"]
        assert names_in(login(world.chief).get(LIST)) == ["lon-core-1", "par-core-1"]

    def test_filters_offer_nothing_of_other_customers(self, login, world):
        page = login(world.stranger).get(LIST).content.decode()
        assert "London" not in page
        assert "Ours" not in page

    @pytest.mark.parametrize("path", ["", "1/", "1/jobs/", "1/anything/"])
    def test_a_stranger_without_sign_in_is_sent_to_it(self, client, world, path):
        response = client.get(f"{LIST}{path}")
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/netops/login/?next=")

    def test_results_of_a_foreign_job_do_not_show(self, login, world, tasks):
        job = submit(world.chief, task="get_facts", targets={"device_ids": [world.foreign.pk]})
        assert login(world.viewer).get(url_of("device-jobs", world.foreign.pk)).status_code == 404
        assert f"#{job.pk}" in login(world.stranger).get(url_of("device-jobs", world.foreign.pk)).content.decode()


class TestFilters:
    @pytest.fixture(autouse=True)
    def _devices(self, world):
        make_device(
            world.ours, hostname="lon-edge-1", mgmt_ip="10.1.130.9", serial="FDO123", role="edge", enabled=False
        )
        make_device(
            world.ours, hostname="nyc-edge-1", mgmt_ip="10.22.0.1", platform="arista_eos", reachability="reachable"
        )
        make_device(
            world.ours,
            hostname="six",
            mgmt_ip="2001:db8:0:0::7",
            reachability="unreachable",
            last_error="timeout: slow",
        )

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("q=edge", ["lon-edge-1", "nyc-edge-1"]),
            ("q=FDO", ["lon-edge-1"]),
            ("q=10.1.", ["lon-core-1", "lon-edge-1"]),
            ("q=10.1.0.0/16", ["lon-core-1", "lon-edge-1"]),
            ("q=10.1.128.0/17", ["lon-edge-1"]),
            ("q=10.1.2.0/30", ["lon-core-1"]),
            ("q=10.1.2.3/32", ["lon-core-1"]),
            ("q=10.16.0.0/12", ["nyc-edge-1"]),
            ("q=2001:db8::/32", ["six"]),
            ("q=2001:db8:1::/48", []),
            ("q=10.1.0.0/99", []),
            ("role=edge", ["lon-edge-1"]),
            ("platform=arista_eos", ["nyc-edge-1"]),
            ("reachability=reachable", ["nyc-edge-1"]),
            ("enabled=no", ["lon-edge-1"]),
            ("error=timeout", ["six"]),
            ("error=any", ["six"]),
            ("q=edge&enabled=yes", ["nyc-edge-1"]),
            ("q=%00", []),
            ("role=nobody", []),
            ("site=abc", []),
            ("reachability=maybe", []),
        ],
    )
    def test_what_matches(self, login, world, query, expected):
        assert names_in(login(world.viewer).get(f"{LIST}?{query}")) == expected

    def test_a_site_of_another_customer_matches_nothing(self, login, world):
        assert names_in(login(world.viewer).get(f"{LIST}?site={world.site.pk}")) == ["lon-core-1"]
        assert names_in(login(world.stranger).get(f"{LIST}?site={world.site.pk}")) == []

    def test_the_group_and_the_tag_of_a_device_lead_to_those_that_share_it(self, login, world):
        world.device.tags.add(Tag.objects.create(customer=world.ours, name="env", value="prod & more"))
        DeviceGroup.objects.create(customer=world.ours, name="core & co", filter={"role": "core"})
        DeviceGroup.objects.create(customer=world.ours, name="unreadable", filter={"rank": "core"})
        client = login(world.viewer)
        page = client.get(url_of("device-detail", world.device.pk)).content.decode()
        for query in ("tag=env%3Dprod+%26+more", "group=core+%26+co"):
            assert f'href="{LIST}?{query}"' in page
            assert names_in(client.get(f"{LIST}?{query}")) == ["lon-core-1"]
        assert names_in(client.get(f"{LIST}?group=unreadable")) == []
        assert names_in(login(world.stranger).get(f"{LIST}?{query}")) == []

    @pytest.mark.parametrize("sort", ["state", "mgmt_ip", "platform", "make", "site", "role", "last_seen", "problem"])
    def test_every_column_sorts_both_ways(self, login, world, sort):
        client = login(world.viewer)
        assert sorted(names_in(client.get(f"{LIST}?sort={sort}"))) == sorted(
            names_in(client.get(f"{LIST}?sort=-{sort}"))
        )

    def test_sorting_by_name_backwards(self, login, world):
        names = names_in(login(world.viewer).get(f"{LIST}?sort=-hostname"))
        assert names == ["six", "nyc-edge-1", "lon-edge-1", "lon-core-1"]

    @pytest.mark.parametrize("query", ["sort=password", "sort=site__customer", "page=99", "page=x", "per_page=7"])
    def test_nonsense_in_the_address_still_gives_a_page(self, login, world, query):
        assert len(names_in(login(world.viewer).get(f"{LIST}?{query}"))) == 4

    def test_an_applied_filter_is_a_chip_that_takes_itself_away(self, login, world):
        page = login(world.viewer).get(f"{LIST}?role=edge&enabled=no").content.decode()
        assert 'href="?enabled=no" aria-label="Remove filter Role edge"' in page

    def test_nothing_matching_is_told_apart_from_nothing_there(self, login, world):
        assert "No device matches" in login(world.viewer).get(f"{LIST}?q=zzz").content.decode()
        Device.objects.all().delete()
        assert "No devices yet" in login(world.viewer).get(LIST).content.decode()


class TestFragment:
    def test_htmx_gets_the_list_alone_from_the_same_url(self, login, world):
        client = login(world.viewer)
        part = client.get(f"{LIST}?q=lon&site=&role=", headers=HTMX)
        page = client.get(f"{LIST}?q=lon&site=&role=")
        assert "<html" not in part.content.decode()
        assert "<html" in page.content.decode()
        assert "HX-Request" in part.headers["Vary"]
        assert "HX-Request" in page.headers["Vary"]
        assert part.headers["Cache-Control"] == "no-store"
        assert part.headers["HX-Push-Url"] == f"{LIST}?q=lon"

    def test_a_history_restore_gets_the_whole_page(self, login, world):
        headers = {**HTMX, "HX-History-Restore-Request": "true"}
        assert "<html" in login(world.viewer).get(LIST, headers=headers).content.decode()


class TestQueries:
    def test_the_list_costs_the_same_for_one_and_for_a_hundred(self, login, world, django_assert_max_num_queries):
        client = login(world.operator)
        with django_assert_max_num_queries(10) as few:
            client.get(f"{LIST}?per_page=100")
        make_devices(99, world.ours, site=world.site, role="leaf", last_error="timeout: x")
        with django_assert_max_num_queries(10) as many:
            response = client.get(f"{LIST}?per_page=100")
        assert len(names_in(response)) == 100
        assert len(many) == len(few)

    def test_a_device_costs_the_same_whatever_ran_on_it(self, login, world, tasks, django_assert_max_num_queries):
        client, url = login(world.operator), url_of("device-detail", world.device.pk)
        with django_assert_max_num_queries(20) as few:
            client.get(url)
        for _ in range(5):
            submit(world.operator, task="get_facts", targets={"device_ids": [world.device.pk]})
        for kind in ("ssh-rsa", "ssh-ed25519"):
            HostKey.objects.create(device=world.device, key_type=kind, key="AAAA", fingerprint="SHA256:abc")
        with django_assert_max_num_queries(20) as many:
            client.get(url)
        assert len(many) == len(few)


class TestDetail:
    def test_each_operation_tells_its_driver_and_why(self, login, world, tasks):
        page = login(world.viewer).get(url_of("device-detail", world.device.pk)).content.decode()
        assert "carrier" in page
        assert "the &lt;b&gt;only&lt;/b&gt; one for get_facts" in page
        assert 'data-operation="get_config"' in page

    def test_a_planner_that_fails_costs_its_line_and_no_more(self, login, world, webnet_plugins):
        webnet_plugins.load(acme=plugin.Clueless())
        response = login(world.viewer).get(url_of("device-detail", world.device.pk))
        assert response.status_code == 200
        assert "failed in webnet_plan_targets" in response.content.decode()

    def test_a_disabled_device_says_so_and_offers_no_run(self, login, world, tasks):
        Device.objects.filter(pk=world.device.pk).update(enabled=False)
        page = login(world.operator).get(url_of("device-detail", world.device.pk)).content.decode()
        assert "This device is disabled" in page
        assert "Back up now" not in page
        assert "the device is disabled" in page

    def test_who_disabled_a_device_and_why_stands_there_with_its_tags_and_groups(self, login, world, tasks):
        device = disable_device(world.operator, world.device, HOSTILE)
        device.tags.add(Tag.objects.create(customer=device.customer, name="env", value=HOSTILE))
        DeviceGroup.objects.create(customer=device.customer, name=f"all {HOSTILE}", filter={"all": True})
        page = login(world.viewer).get(url_of("device-detail", device.pk)).content.decode()
        assert f"Disabled by {world.operator}" in page
        assert f"env={escape(HOSTILE)}" in page
        assert f"all {escape(HOSTILE)}" in page
        assert page.count(escape(HOSTILE)) >= 3
        assert "<script>alert(1)" not in page

    def test_the_last_error_is_a_banner_with_its_category(self, login, world):
        Device.objects.filter(pk=world.device.pk).update(
            last_error="authentication: refused", last_error_at=timezone.now()
        )
        page = login(world.viewer).get(url_of("device-detail", world.device.pk)).content.decode()
        assert 'class="wn-banner-title">Authentication<' in page
        assert "<p>refused" in page

    def test_host_keys_show_their_fingerprint_and_never_more(self, login, world):
        HostKey.objects.create(device=world.device, key_type="ssh-ed25519", key="AAAAkey", fingerprint="SHA256:print")
        page = login(world.viewer).get(url_of("device-detail", world.device.pk)).content.decode()
        assert "SHA256:print" in page
        assert "AAAAkey" not in page

    def test_no_secret_of_the_credential_shows(self, login, world, settings):
        settings.WEBNET = {"CORE": {"ENCRYPTION_KEYS": [Fernet.generate_key().decode()]}}
        credential = make_credential(world.ours, name="lab login", username="netadmin", password="hunter2-hunter2")
        Device.objects.filter(pk=world.device.pk).update(credential=credential)
        page = login(world.chief).get(url_of("device-detail", world.device.pk)).content.decode()
        assert "lab login" in page
        assert "hunter2" not in page

    def test_a_viewer_sees_nothing_to_start(self, login, world, tasks):
        page = login(world.viewer).get(url_of("device-detail", world.device.pk)).content.decode()
        for offer in ("Back up now", "Test connection", "Run task"):
            assert offer not in page

    def test_an_operator_sees_all_of_it_but_no_disruptive_short_cut(self, login, world, tasks):
        page = login(world.operator).get(url_of("device-detail", world.device.pk)).content.decode()
        for offer in ("Back up now", "Test connection", "Run task", "Read facts"):
            assert offer in page
        assert "Wipe" not in page

    def test_results_link_to_their_job(self, login, world, tasks):
        job = submit(world.operator, task="get_facts", targets={"device_ids": [world.device.pk]})
        row = HostResult.objects.get(job=job)
        link = url_of("job-host", job.pk, row.pk)
        client = login(world.viewer)
        assert link in client.get(url_of("device-detail", world.device.pk)).content.decode()
        assert link in client.get(url_of("device-jobs", world.device.pk)).content.decode()


class TestHostileText:
    def test_what_a_device_says_of_itself_is_text_everywhere(self, login, world, tasks):
        hostile = dict.fromkeys(("model", "os_version", "serial", "role"), HOSTILE)
        Device.objects.filter(pk=world.device.pk).update(
            **hostile, last_error=f"timeout: {HOSTILE}", last_error_at=timezone.now(), reachability="unreachable"
        )
        job = submit(world.operator, task="get_facts", targets={"device_ids": [world.device.pk]})
        HostResult.objects.filter(job=job).update(
            status="failed", message=HOSTILE, error=HOSTILE, error_category="timeout"
        )
        client = login(world.operator)
        pages = [
            LIST,
            url_of("dashboard"),
            url_of("device-detail", world.device.pk),
            url_of("device-jobs", world.device.pk),
        ]
        for url in pages:
            page = client.get(url).content.decode()
            assert "alert(2)" in page or url == url_of("device-jobs", world.device.pk), url
            assert "<script>alert" not in page, url
            assert "<img src=x" not in page, url

    def test_what_stands_in_the_address_is_text(self, login, world):
        page = login(world.viewer).get(LIST, {"q": HOSTILE, "role": HOSTILE, "sort": HOSTILE}).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page

    def test_an_error_without_a_known_category_is_told_whole(self, login, world):
        Device.objects.filter(pk=world.device.pk).update(last_error="odd: words", last_error_at=timezone.now())
        assert "odd: words" in login(world.viewer).get(url_of("device-detail", world.device.pk)).content.decode()


class TestSelection:
    def post(self, client, **data):
        return client.post(url_of("device-select"), data)

    def test_ticked_rows_are_frozen_and_go_to_the_run_page(self, login, world, tasks):
        response = self.post(login(world.operator), pk=[world.device.pk], _task="backup_config")
        selection = Selection.objects.get()
        assert selection.device_ids == [world.device.pk]
        assert response.headers["Location"] == f"{url_of('run-task', 'backup_config')}?selection={selection.pk}"

    def test_everything_that_matches_is_frozen_on_the_server(self, login, world):
        make_devices(60, world.ours, role="leaf")
        response = self.post(login(world.operator), _all="1", query="role=leaf", count="60")
        assert response.status_code == 303
        assert len(Selection.objects.get().device_ids) == 60

    def test_a_list_that_has_grown_since_is_not_selected(self, login, world):
        make_devices(3, world.ours, role="leaf")
        response = self.post(login(world.operator), _all="1", query="role=leaf", count="2")
        assert response.headers["Location"] == f"{LIST}?role=leaf"
        assert not Selection.objects.exists()

    def test_a_filter_that_nobody_offered_selects_nothing(self, login, world):
        self.post(login(world.operator), _all="1", query="site=999", count="0")
        assert not Selection.objects.exists()

    @pytest.mark.parametrize("pk", ["", "x", "999999", "9" * 30])
    def test_nothing_or_nonsense_selects_nothing(self, login, world, pk):
        client = login(world.operator)
        assert self.post(client, pk=pk).headers["Location"] == LIST
        assert not Selection.objects.exists()

    def test_a_foreign_device_among_the_ticked_refuses_all(self, login, world):
        self.post(login(world.operator), pk=[world.device.pk, world.foreign.pk])
        assert not Selection.objects.exists()

    def test_devices_of_two_customers_are_not_one_selection(self, login, world):
        client = login(world.chief)
        response = self.post(client, pk=[world.device.pk, world.foreign.pk])
        assert not Selection.objects.exists()
        assert "one customer" in client.get(response.headers["Location"]).content.decode()

    def test_a_viewer_may_not(self, login, world):
        assert self.post(login(world.viewer), pk=[world.device.pk]).status_code == 403
        assert 'name="_all"' not in login(world.viewer).get(LIST).content.decode()

    def test_a_get_does_nothing(self, login, world):
        assert login(world.operator).get(url_of("device-select")).status_code == 405


class TestStart:
    def test_backing_up_makes_one_job_however_often_it_is_sent(self, login, world, tasks):
        client, url = login(world.operator), url_of("device-run", world.device.pk, "backup_config")
        once = {"submission_id": str(uuid.uuid4())}
        first, second = client.post(url, once), client.post(url, once)
        job = Job.objects.get()
        assert first.headers["Location"] == second.headers["Location"] == url_of("job-detail", job.pk)
        assert list(job.results.values_list("device_id", flat=True)) == [world.device.pk]

    @pytest.mark.parametrize("task", ["wipe", "no_such"])
    def test_only_the_two_small_tasks_can_be_started_so(self, login, world, tasks, task):
        assert login(world.operator).post(url_of("device-run", world.device.pk, task)).status_code == 404
        assert not Job.objects.exists()

    def test_not_on_a_foreign_device_and_not_by_a_viewer(self, login, world, tasks):
        assert login(world.operator).post(url_of("device-run", world.foreign.pk, "get_facts")).status_code == 404
        assert login(world.viewer).post(url_of("device-run", world.device.pk, "get_facts")).status_code == 403
        assert not Job.objects.exists()

    def test_a_refusal_comes_back_to_the_device(self, login, world, tasks):
        Device.objects.filter(pk=world.device.pk).update(enabled=False)
        client, page = login(world.operator), url_of("device-detail", world.device.pk)
        assert client.post(url_of("device-run", world.device.pk, "get_facts")).headers["Location"] == page
        assert "Every device that matches is disabled" in client.get(page).content.decode()
