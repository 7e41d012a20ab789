"""The pages over real rows: accessible in both themes and on a phone, never wider than the screen, strict policy."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from tests.browser.test_policy import AXE, RULES
from tests.db import plugin

from webnet_core.inventory.importing.batches import Upload, preview_import
from webnet_core.inventory.models import HostKey
from webnet_core.jobs.models import HostResult
from webnet_core.jobs.submit import submit
from webnet_core.testing.factories import make_customer, make_device, make_devices, make_site, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "a-very-long-host-name-" * 6
FILES = (
    f"hostname,mgmt_ip,platform,role\nlon-core-1,192.0.2.1,cisco_ios,spare\n{LONG}2,192.0.2.9,cisco_ios,\n",
    f"hostname,mgmt_ip,platform,colour\n{LONG} 3,{LONG}!,{LONG},red\n",
)


class Items(plugin.Good):
    """Good items, and a broken one, for one page to show both."""

    @plugin.hookimpl
    def webnet_register_ui(self):
        broken = plugin.Panel(
            key="acme.rust", label="Rust", on=plugin.ON, render=plugin.broken, slot="aside", lazy=False
        )
        return [*super().webnet_register_ui(), broken]


@pytest.fixture(scope="session", autouse=True)
def _rows_beside_a_loop():
    """Playwright's loop runs in this thread, and Django would take the rows made here for made inside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def world(transactional_db, webnet_plugins, settings):
    """A network with something of everything."""
    settings.WEBNET = {**settings.WEBNET, "CORE": {"ENCRYPTION_KEYS": [Fernet.generate_key().decode()]}}
    webnet_plugins.load(nornir=plugin.Tasks(), acme=Items())
    customer = make_customer("Ours")
    site = make_site(customer, name="London")
    now = timezone.now()
    seen = {"last_seen": now, "reachability": "reachable", "reachability_at": now}
    make_devices(8, customer, site=site, role="leaf", **seen)
    make_device(customer, hostname=f"{LONG}1", last_error=f"timeout: {LONG * 3}", last_error_at=now)
    gone = {"reachability": "unreachable", "reachability_at": now}
    make_device(customer, hostname="gone-1", last_error="unreachable: refused", last_error_at=now, **gone)
    make_device(customer, hostname="off-1", enabled=False)
    fields = {"model": "C9300-24T", "os_version": "17.9.4", "serial": "FDO1234", **seen}
    device = make_device(customer, hostname="lon-core-1", site=site, role="core", **fields)
    HostKey.objects.create(device=device, key_type="ssh-ed25519", key="AAAA", fingerprint=f"SHA256:{'x' * 43}")
    user = make_user("operator", customer=customer)
    jobs = [submit(user, task="get_facts", targets={"all": True}) for _ in range(2)]
    HostResult.objects.filter(job=jobs[0]).update(
        status="failed", error_category="timeout", message=LONG, finished_at=now
    )
    tried = [preview_import(user, customer.pk, Upload(content=text.encode())) for text in FILES]
    return SimpleNamespace(user=user, device=device, job=jobs[0], imports=tried)


@pytest.fixture
def signed_in(world, page, live_server):
    """The page of somebody who has signed in."""
    client = Client()
    client.force_login(world.user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    return page


@pytest.fixture
def paths(world):
    """Every page of the walk."""
    pk, job = world.device.pk, world.job.pk
    result = world.job.results.first().pk
    return [
        *(reverse(f"webnet:{name}") for name in ("dashboard", "device-list", "run", "job-list")),
        f"{reverse('webnet:device-list')}?role=leaf&enabled=yes",
        f"{reverse('webnet:device-list')}?q=nothing-like-it",
        *(reverse(f"webnet:{name}", args=[pk]) for name in ("device-detail", "device-jobs")),
        reverse("webnet:device-tab", args=[pk, "slots"]),
        reverse("webnet:run-task", args=["get_facts"]) + f"?device={pk}",
        reverse("webnet:import"),
        *(reverse("webnet:import-preview", args=[batch.pk]) for batch in world.imports),
        reverse("webnet:import-columns", args=[world.imports[1].pk]),
        reverse("webnet:job-detail", args=[job]),
        reverse("webnet:job-host", args=[job, result]),
    ]


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
def test_every_page_is_accessible(signed_in, paths, live_server, theme, width):
    page = signed_in
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    for path in paths:
        assert page.goto(f"{live_server.url}{path}").status == 200, path
        page.evaluate(AXE)
        result = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
        found = [
            f"{violation['id']}: {node['target']}: {node['failureSummary']}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert found[:4] == [], path
        assert page.evaluate("window.violations") == [], path


def test_no_page_is_wider_than_the_screen(signed_in, paths, live_server):
    page = signed_in
    for width in (1024, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            page.goto(f"{live_server.url}{path}", wait_until="domcontentloaded")
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (path, width)


def test_a_lazy_panel_comes_by_itself(signed_in, world, live_server):
    signed_in.goto(live_server.url + reverse("webnet:device-detail", args=[world.device.pk]))
    signed_in.get_by_text("came later").wait_for()


def test_filtering_keeps_the_page_and_back_brings_the_list_back(signed_in, live_server):
    page = signed_in
    page.goto(live_server.url + reverse("webnet:device-list"))
    page.evaluate("window.notReloaded = true")
    page.get_by_label("Role").select_option("core")
    page.get_by_text("1 device matches").wait_for()
    assert page.url.endswith("/devices/?role=core&sort=hostname")
    assert page.evaluate("window.notReloaded") is True
    page.go_back()
    page.get_by_text("12 devices").first.wait_for()
    assert page.locator(".wn-shell").count() == 1


def test_ticks_stay_with_their_rows_while_the_list_is_narrowed_and_widened(signed_in, live_server):
    page = signed_in
    page.goto(live_server.url + reverse("webnet:device-list"))
    count = page.locator("[data-wn-selected]")
    page.get_by_label("Select all on this page").check()
    assert count.inner_text() == "12"
    page.get_by_label("Role").select_option("core")
    expect(count).to_have_text("1")
    assert page.locator("input[data-wn-row]:checked").count() == 1
    page.locator("input[data-wn-row]").uncheck()
    page.get_by_label("Role", exact=True).select_option("")
    expect(count).to_have_text("11")
    assert page.locator("input[data-wn-row]:checked").count() == 11


def test_without_script_filter_and_selection_work_too(browser, signed_in, live_server):
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(live_server.url + reverse("webnet:device-list"))
    page.get_by_label("Role").select_option("core")
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Select lon-core-1").check()
    page.get_by_role("button", name="Run a task on ticked").click()
    assert "/run/?selection=" in page.url
    context.close()
