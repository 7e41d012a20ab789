"""A newcomer's first minutes in a real Chromium: sign in, find, plan, run, watch it live, read what was stored."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Demo

pytestmark = pytest.mark.browser

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
LISTEN = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
SLOW = 240_000
expect.set_options(timeout=SLOW)  # the default of five seconds is a busy machine's usual answer
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 30, 39)"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium where it is installed."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    arguments = {**browser_type_launch_args, "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]}
    return {**arguments, "executable_path": found} if found else arguments


class Watched:
    """A page with a list of everything that it should not have done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str | None] = set()
        page.add_init_script(LISTEN)
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))

    def go(self, path: str) -> None:
        """Open a page of the demo, and see that the one before broke no policy."""
        self.check()
        self.page.goto(path)

    def check(self) -> None:
        """Fail on any complaint so far."""
        assert self.page.evaluate("window.violations ?? []") == []
        assert self.complaints == []
        assert self.hosts <= {"127.0.0.1", None}

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")


@pytest.fixture
def watched(page: Page) -> Iterator[Watched]:
    """A page that fails the test for what its console says, what its policy stops and whom it asks."""
    found = Watched(page)
    yield found
    found.check()


def tile(page: Page, name: str) -> Locator:
    """Return one host of the job's grid."""
    return page.locator(".wn-tile", has=page.get_by_text(name, exact=True))


def sign_in(page: Page, url: str, user: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto(f"{url}/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def run_planned(page: Page) -> None:
    """Press Run below the plan and arrive at the job's page, marked so that a reload would show."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    page.evaluate("window.notReloaded = true")


def watch_end(page: Page, word: str) -> None:
    """Wait until the job's page says by itself that the job has ended so."""
    expect(page.locator("#wn-job-summary [data-wn-job-status]")).to_have_text(word, timeout=SLOW)
    assert page.evaluate("window.notReloaded") is True


def select_london(page: Page) -> None:
    """Narrow the list without a reload, tick all that is left and go on to running something."""
    page.get_by_role("link", name="Devices", exact=True).click()
    page.evaluate("window.notReloaded = true")
    page.get_by_label("Site").select_option(label="London")
    expect(page.get_by_text("12 devices match", exact=True)).to_be_visible()
    assert re.search(r"/devices/\?site=\d+", page.url)
    page.get_by_label("Quick filter").fill("core")
    expect(page.get_by_text("2 devices match", exact=True)).to_be_visible()
    page.get_by_label("Quick filter").fill("")
    expect(page.get_by_text("12 devices match", exact=True)).to_be_visible()
    assert page.evaluate("window.notReloaded") is True
    page.get_by_label("Select all on this page").check()
    bar = page.get_by_role("toolbar", name="Actions on selected devices")
    expect(bar).to_contain_text("12 selected")
    bar.get_by_role("button", name="Run a task").click()


def run_show_version(page: Page) -> None:
    """See which driver each device would use and why, run, and watch the tiles."""
    page.get_by_role("link", name=re.compile("^Run commands")).click()
    expect(page.get_by_text("12 devices chosen")).to_be_visible()
    page.get_by_label("Commands").fill("show version")
    page.get_by_role("button", name="Preview plan").click()
    plan = page.get_by_role("region", name="Plan").get_by_role("row")
    expect(plan).to_have_count(13)
    expect(plan.filter(has_text="lon-core-1")).to_contain_text("netmiko")
    expect(plan.filter(has_text="lon-core-1")).to_contain_text("Cisco IOS's default")
    run_planned(page)
    expect(page.locator(".wn-tile[data-status=ok]")).to_have_count(11, timeout=SLOW)
    expect(tile(page, "lon-access-2")).to_have_attribute("data-status", "failed")
    expect(tile(page, "lon-access-2")).to_contain_text("authentication")
    watch_end(page, "Partial")
    tile(page, "lon-core-1").click()
    expect(page.get_by_role("region", name="Output")).to_contain_text("Cisco IOS Software")


def back_up_all(page: Page) -> None:
    """Back up everything that the list matches, and watch the one that hangs being given up."""
    page.get_by_role("button", name="Select all 24").click()
    page.get_by_role("link", name=re.compile("^Back up configuration")).click()
    page.get_by_role("button", name="Preview plan").click()
    run_planned(page)
    expect(tile(page, "lon-core-1")).to_have_attribute("data-status", "ok", timeout=SLOW)
    hanging = tile(page, "nyc-leaf-4")
    expect(hanging).to_have_attribute("data-status", "running")
    expect(hanging).to_have_attribute("data-status", "failed", timeout=SLOW)
    expect(hanging).to_contain_text("timeout")
    expect(tile(page, "nyc-access-3")).to_have_attribute("data-status", "unreachable")
    watch_end(page, "Partial")
    expect(page.locator(".wn-tile[data-status=ok]")).to_have_count(21)


def read_configuration(page: Page) -> None:
    """From the list over the device's overview to what was stored of it."""
    page.get_by_role("link", name="lon-core-1").click()
    expect(page.locator("[data-operation=get_config]")).to_contain_text("Cisco IOS's default")
    expect(page.get_by_text(re.compile("^SHA256:"))).to_be_visible()
    page.get_by_role("link", name="Config", exact=True).click()
    expect(page.get_by_text("hostname lon-core-1")).to_be_visible()
    assert page.url.endswith("/config/")


@pytest.mark.parametrize(("theme", "htmx", "version"), [("light", "bundled", "4"), ("dark", "bundled2", "2")])
def test_from_sign_in_to_a_stored_configuration(
    demo: Demo, watched: Watched, theme: Literal["light", "dark"], htmx: str, version: str
) -> None:
    demo.env |= {"WEBNET_HTMX": htmx, "WEBNET_HOST_DEADLINE": "40"}
    ready = demo.start()
    page, url = watched.page, ready["url"]
    page.set_default_timeout(SLOW)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1440, "height": 900})

    sign_in(page, url, ready["user"], ready["password"])
    figure = page.get_by_role("link", name=re.compile("Devices reachable"))
    expect(figure).to_contain_text("0 / 24")
    assert page.evaluate("document.documentElement.dataset.wnHtmx").startswith(version)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == GROUND[theme]

    select_london(page)
    run_show_version(page)
    watched.go(f"{url}/devices/")
    back_up_all(page)
    watched.go(f"{url}/")
    expect(figure).to_contain_text("/ 24")
    for name in ("lon-access-2", "nyc-access-3", "nyc-leaf-4"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    watched.go(f"{url}/devices/?q=lon-core-1")
    read_configuration(page)
