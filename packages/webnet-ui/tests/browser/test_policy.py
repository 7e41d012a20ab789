"""Pages keep a strict content security policy and are accessible, in both themes and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = ["netops/__styleguide__/", "netops/__styleguide__/page/", "netops/login/", "bed/live/?ws=0"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("path", PAGES[:3])
def test_a_page_breaks_no_policy_and_prints_no_error(page, site, path):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    answer = page.goto(f"{site}/{path}")
    page.wait_for_load_state("networkidle")
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert said == []
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize("version", ["v4", "v2"])
def test_htmx_as_we_load_it_breaks_no_policy(page, site, version):
    page.goto(f"{site}/bed/htmx/{version}/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.htmx.version").startswith(version[1])
    assert page.evaluate("window.violations") == []


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible(page, site, path, theme, width):
    page.route("**/bed/events/**", lambda route: route.fulfill(json={"events": [], "finished": True}))
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/{path}")
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    found = [
        f"{violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
    assert found[:8] == []
    assert len(result["passes"]) > 10


@pytest.mark.parametrize("width", [1440, 1024, 768, 390, 320])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_never_scrolls_sideways(page, site, path, width):
    page.route("**/bed/events/**", lambda route: route.fulfill(json={"events": [], "finished": True}))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_open_dialogs_and_menus_are_accessible(page, site, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{site}/netops/__styleguide__/")
    page.get_by_role("button", name="Failure").click()
    page.get_by_role("button", name="Dialog", exact=True).click()
    page.get_by_role("dialog").wait_for()
    page.evaluate(AXE)
    result = page.evaluate("(tags) => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    assert [violation["id"] for violation in result["violations"]] == []
