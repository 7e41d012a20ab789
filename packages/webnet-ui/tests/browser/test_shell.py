"""What the shell's script does, with either htmx."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

PAGE = "netops/__styleguide__/page/"
GUIDE = "netops/__styleguide__/"
VERSIONS = pytest.mark.parametrize("version", ["v4", "v2"])


def test_the_theme_is_chosen_once_and_kept(page, site):
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/{PAGE}")
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Dark").click()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(22, 30, 39)"
    page.reload()
    assert page.evaluate(ground) == "rgb(22, 30, 39)"


def test_the_sidebar_collapses_by_key_and_stays_so(page, site):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{site}/{PAGE}")
    width = "document.getElementById('wn-nav').offsetWidth"
    assert page.evaluate(width) == 232
    page.keyboard.press("[")
    assert page.evaluate(width) == 56
    page.reload()
    assert page.evaluate(width) == 56
    assert page.get_by_role("link", name="Devices", exact=True).count() > 0


def test_on_a_phone_the_navigation_is_a_drawer_that_escape_closes(page, site):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}/{PAGE}")
    nav = page.locator("#wn-nav")
    assert not nav.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert nav.is_visible()
    page.keyboard.press("Escape")
    assert not nav.is_visible()


def test_the_drawer_needs_no_script(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/{PAGE}")
    page.get_by_role("button", name="Menu").click()
    assert page.locator("#wn-nav").is_visible()
    context.close()


def test_ticked_rows_bring_the_bar_and_shift_ticks_a_range(page, site):
    page.goto(f"{site}/{PAGE}")
    bar, boxes = page.locator("[data-wn-bulkbar]"), page.locator("[data-wn-row]")
    assert not bar.is_visible()
    boxes.nth(1).click()
    boxes.nth(5).click(modifiers=["Shift"])
    assert bar.locator("[data-wn-selected]").inner_text() == "5"
    assert bar.is_visible()
    for number in range(1, 6):
        boxes.nth(number).click()
    assert not bar.is_visible()


def test_slash_goes_to_the_quick_filter_but_not_out_of_an_input(page, site):
    page.goto(f"{site}/{PAGE}")
    page.keyboard.press("/")
    quick = page.get_by_label("Quick filter")
    assert quick.evaluate("(node) => node === document.activeElement")
    page.keyboard.type("a/[b")
    assert quick.input_value() == "a/[b"


def test_a_menu_opens_moves_by_arrows_and_returns_the_focus(page, site):
    page.goto(f"{site}/{GUIDE}")
    button = page.get_by_role("button", name="More", exact=True)
    button.click()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Terminal"
    page.keyboard.press("Escape")
    assert button.evaluate("(node) => node === document.activeElement")


def test_a_dialog_takes_the_focus_to_what_destroys_least_and_gives_it_back(page, site):
    page.goto(f"{site}/{GUIDE}")
    opener = page.get_by_role("button", name="Dialog", exact=True)
    opener.click()
    assert page.evaluate("document.activeElement.textContent") == "Keep as it is"
    page.keyboard.press("Escape")
    assert opener.evaluate("(node) => node === document.activeElement")


def test_a_disabled_button_does_nothing(page, site):
    page.goto(f"{site}/{GUIDE}")
    stopped = page.evaluate("""() => {
      const button = document.querySelector('.wn-btn[aria-disabled]');
      return !button.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
    }""")
    assert stopped


def test_failures_stay_and_at_most_three_toasts_show(page, site):
    page.goto(f"{site}/{GUIDE}")
    for _ in range(5):
        page.get_by_role("button", name="Failure").click()
    assert page.locator(".wn-toast").count() == 3
    assert page.locator('.wn-toast[role="alert"]').count() == 3
    for _ in range(3):
        page.get_by_role("button", name="Dismiss").first.click()
    assert not page.locator("#wn-toasts").is_visible()


@VERSIONS
def test_a_fragment_arrives_and_its_signals_are_heard(page, site, version):
    signals = {"webnet:toast": {"text": "Backup of 24 devices started", "kind": "ok"}}
    page.route(
        "**/bed/part/",
        lambda route: route.fulfill(
            body="<p>new content</p>", content_type="text/html", headers={"HX-Trigger": json.dumps(signals)}
        ),
    )
    page.goto(f"{site}/bed/htmx/{version}/")
    page.locator("#wn-load").click()
    page.get_by_text("new content").wait_for()
    page.get_by_text("Backup of 24 devices started").wait_for()
    assert page.locator("#wn-load").get_attribute("data-busy") is None


@VERSIONS
@pytest.mark.parametrize("status", [403, 404, 409, 500])
def test_a_failed_fragment_keeps_what_was_there_and_says_so(page, site, version, status):
    page.route(
        "**/bed/part/",
        lambda route: route.fulfill(status=status, body="<h1>Oops</h1>", headers={"X-Request-ID": "r-42"}),
    )
    page.goto(f"{site}/bed/htmx/{version}/")
    page.locator("#wn-load").click()
    toast = page.locator(".wn-toast")
    toast.wait_for()
    assert "Request r-42" in toast.inner_text()
    assert toast.count() == 1
    assert page.locator("#wn-part").inner_text() == "old content"


@VERSIONS
def test_a_server_that_does_not_answer_is_reported(page, site, version):
    page.route("**/bed/part/", lambda route: route.abort())
    page.goto(f"{site}/bed/htmx/{version}/")
    page.locator("#wn-load").click()
    page.get_by_text("The server did not answer").wait_for()
    assert page.locator("#wn-part").inner_text() == "old content"


@VERSIONS
def test_a_dialog_from_the_server_opens_itself_and_closes_on_its_signal(page, site, version):
    dialog = (
        '<dialog class="wn-dialog" data-wn-autoopen aria-label="Confirm"><button type="button">Keep</button></dialog>'
    )
    page.route("**/bed/dialog/", lambda route: route.fulfill(body=dialog, content_type="text/html"))
    page.goto(f"{site}/bed/htmx/{version}/")
    page.locator("#wn-open").click()
    page.get_by_role("dialog").wait_for()
    page.evaluate("document.body.dispatchEvent(new CustomEvent('webnet:close-dialog', {bubbles: true}))")
    assert page.get_by_role("dialog").count() == 0


@VERSIONS
def test_a_double_click_sends_a_form_once(page, site, version):
    sent = []

    def answer(route):
        sent.append(route.request.post_data)
        page.wait_for_timeout(300)
        route.fulfill(body="saved", content_type="text/html")

    page.route("**/bed/save/", answer)
    page.goto(f"{site}/bed/htmx/{version}/")
    page.locator("#wn-save").dblclick()
    page.get_by_text("saved", exact=True).wait_for()
    page.wait_for_timeout(200)
    assert len(sent) == 1
    assert "submission=one" in sent[0]


def test_two_htmx_on_a_page_are_warned_of(page, site):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site}/bed/htmx/both/")
    page.wait_for_function("() => document.documentElement.dataset.wnHtmx === 'double'")
    assert any("two htmx" in text for text in said)


def test_without_htmx_nothing_is_missed(page, site):
    page.goto(f"{site}/bed/htmx/none/")
    page.wait_for_function("() => document.documentElement.dataset.wnHtmx === 'none'")
    assert page.locator("#wn-load").is_enabled()


@pytest.mark.parametrize("path", [PAGE, "bed/host/wild/"])
def test_the_way_past_the_navigation_shows_only_to_the_keyboard(page, site, path):
    page.goto(f"{site}/{path}")
    skip = page.locator(".wn-skip")
    assert skip.evaluate("(node) => node.offsetWidth") == 1
    skip.focus()
    assert skip.evaluate("(node) => node.offsetWidth") > 80
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "wn-main"
