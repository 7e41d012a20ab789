"""Live pages: each event once, in order, whatever happens to the socket."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser

COLLECT = """
window.seen = [];
document.addEventListener("DOMContentLoaded", () =>
  document.querySelector("wn-live")?.addEventListener("webnet:events", (event) =>
    window.seen.push(...event.detail.events.map((each) => each.seq))));
"""
BATCH = 50


def log_event(seq, message=None, **fields):
    base = {"seq": seq, "ts": "2026-03-01T12:00:00Z", "kind": "log", "level": "info", "host": f"lon-{seq % 3}"}
    return {**base, "message": message or f"line {seq}", "data": {}, **fields}


class Feed:
    """What a server keeps of one job, and the two ways it tells it."""

    def __init__(self, events=(), finished=False):
        self.events, self.finished = list(events), finished
        self.subscriptions, self.polls, self.sockets = [], [], []
        self.cut_after = []

    def serve(self, page):
        page.add_init_script(COLLECT)
        page.route("**/bed/events/**", self.answer)
        page.route_web_socket(re.compile(r"/bed/ws/live/"), self.connect)

    def stored_after(self, seq):
        return [event for event in self.events if event["seq"] > seq]

    def answer(self, route):
        after = int(parse_qs(urlsplit(route.request.url).query)["after"][0])
        self.polls.append(after)
        events = self.stored_after(after)[:BATCH]
        first, last = (events[0]["seq"], events[-1]["seq"]) if events else (after + 1, after)
        route.fulfill(json={"first": first, "last": last, "events": events, "finished": self.finished})

    def connect(self, socket):
        self.sockets.append(socket)
        socket.on_message(lambda text: self.subscribe(socket, json.loads(text)))

    def subscribe(self, socket, message):
        assert message["subscribe"] == "job:7"
        self.subscriptions.append(message["after"])
        pending = self.stored_after(message["after"])
        cut = self.cut_after.pop(0) if self.cut_after else None
        for start in range(0, len(pending), BATCH):
            if cut is not None and start >= cut:
                socket.close(code=1011)
                return
            self.push(socket, pending[start : start + BATCH])

    @staticmethod
    def push(socket, events):
        envelope = {"topic": "job:7", "first": events[0]["seq"], "last": events[-1]["seq"], "events": events}
        socket.send(json.dumps(envelope))


def wait_for_seen(page, count):
    page.wait_for_function("(count) => window.seen?.length >= count", arg=count, timeout=120_000)
    return page.evaluate("window.seen")


def test_a_socket_cut_twice_loses_nothing_and_repeats_nothing(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 3001)])
    feed.cut_after = [700, 400]
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    assert wait_for_seen(page, 3000) == list(range(1, 3001))


def test_after_a_cut_it_subscribes_from_where_it_stood(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 101)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 100)
    feed.sockets[-1].close(code=1011)
    page.wait_for_function("() => document.querySelector('wn-live').dataset.state !== 'live'")
    page.wait_for_function("() => document.querySelector('wn-live').dataset.state === 'live'", timeout=120_000)
    assert feed.subscriptions[-1] == 100


def test_a_gap_is_read_from_the_store(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 11)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 10)
    feed.events += [log_event(seq) for seq in range(11, 31)]
    feed.push(feed.sockets[-1], feed.events[20:30])
    assert wait_for_seen(page, 30) == list(range(1, 31))
    assert 10 in feed.polls


def test_a_message_without_a_body_is_read_from_the_store(page, site):
    feed = Feed([log_event(1)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 1)
    feed.events += [log_event(2), log_event(3)]
    feed.sockets[-1].send(json.dumps({"topic": "job:7", "first": 2, "last": 3}))
    assert wait_for_seen(page, 3) == [1, 2, 3]


def test_what_comes_twice_is_shown_once(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 6)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 5)
    feed.push(feed.sockets[-1], feed.events)
    feed.events.append(log_event(6))
    feed.push(feed.sockets[-1], feed.events[3:])
    assert wait_for_seen(page, 6) == [1, 2, 3, 4, 5, 6]


def test_without_a_socket_it_polls_until_the_job_is_over(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 121)], finished=True)
    feed.serve(page)
    page.goto(f"{site}/bed/live/?ws=0")
    assert wait_for_seen(page, 120) == list(range(1, 121))
    page.wait_for_function("() => document.querySelector('wn-live').dataset.state === 'finished'")
    asked = len(feed.polls)
    page.wait_for_timeout(2500)
    assert len(feed.polls) == asked
    assert page.get_by_text("Finished", exact=True).is_visible()


def test_a_refused_topic_ends_with_a_word(page, site):
    page.route("**/bed/events/**", lambda route: route.fulfill(status=404, body="{}"))
    refusal = json.dumps({"type": "closed", "code": 4404, "message": "no such job"})
    page.route_web_socket(
        re.compile(r"/bed/ws/live/"), lambda socket: socket.on_message(lambda _text: socket.send(refusal))
    )
    page.goto(f"{site}/bed/live/")
    page.get_by_text("No longer available").wait_for()


def test_tiles_progress_and_log_follow(page, site):
    host = {"device_id": 2, "name": "lon-2", "status": "running", "driver": "netmiko", "attempts": 1}
    done = {**host, "status": "failed", "error": "authentication", "elapsed_ms": 1240}
    counts = {"failed": 1, "pending": 2}
    feed = Feed(
        [
            log_event(1, kind="host", message="", device_id=2, data=host),
            log_event(2, kind="host", level="error", message="refused", device_id=2, data=done),
            log_event(3, kind="job", message="", data={"status": "running", "counts": counts, "progress": 66}),
        ]
    )
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 3)
    tile = page.locator("#wn-host-2")
    assert tile.get_attribute("data-status") == "failed"
    assert tile.locator("[data-wn-time]").inner_text() == "1.2 s"
    assert tile.locator("[data-wn-note]").inner_text() == "authentication"
    assert tile.locator("use").get_attribute("href").endswith("#octagon-x")
    assert tile.text_content().startswith("lon-2, Failed")
    assert page.locator(".wn-progress-bar").get_attribute("aria-label") == "1 failed, 2 pending of 3"
    assert page.locator('rect[data-state="failed"]').get_attribute("width") == "333.33"
    refused = page.locator('.wn-log-line[data-seq="2"]')
    assert "refused" in refused.inner_text()
    assert refused.get_attribute("data-status") == "failed"


def test_text_from_a_device_is_never_markup(page, site):
    hostile = '<img src="x"><script>document.title = "owned"</script>'
    feed = Feed([log_event(1, hostile, host=hostile)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 1)
    page.locator(".wn-log-line").wait_for()
    assert page.locator(".wn-log-text").inner_text() == hostile
    assert page.locator("wn-log img, wn-log script").count() == 0


def test_the_log_follows_until_one_scrolls_away_and_again_at_the_end(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 201)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 200)
    lines, follow = page.locator(".wn-log-lines"), page.locator("[data-wn-log-follow]")
    page.wait_for_function("() => document.querySelectorAll('.wn-log-line').length === 200")
    at_end = "(node) => node.scrollHeight - node.scrollTop - node.clientHeight < 24"
    assert lines.evaluate(at_end)
    lines.evaluate("(node) => { node.scrollTop = 300; }")
    page.wait_for_function("() => document.querySelector('[data-wn-log-follow]').ariaPressed === 'false'")
    feed.events += [log_event(seq) for seq in range(201, 231)]
    feed.push(feed.sockets[-1], feed.events[200:])
    page.wait_for_function("() => document.querySelectorAll('.wn-log-line').length === 230")
    assert abs(lines.evaluate("(node) => node.scrollTop") - 300) <= 1
    follow.click()
    assert lines.evaluate(at_end)
    assert follow.get_attribute("aria-pressed") == "true"


def test_the_log_keeps_a_bounded_number_of_lines(page, site):
    feed = Feed([log_event(seq) for seq in range(1, 2601)])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 2600)
    page.wait_for_function("() => document.querySelector('.wn-log-lines').lastElementChild?.dataset.seq === '2600'")
    assert page.locator(".wn-log-line").count() == 2000


def test_lines_can_be_filtered_by_text_and_level(page, site):
    feed = Feed([log_event(1, "alpha"), log_event(2, "beta", level="warning"), log_event(3, "gamma", level="debug")])
    feed.serve(page)
    page.goto(f"{site}/bed/live/")
    wait_for_seen(page, 3)
    page.get_by_text("beta").wait_for()
    assert page.locator(".wn-log-line:visible").count() == 2
    page.get_by_label("Least level").select_option("warning")
    assert page.locator(".wn-log-line:visible .wn-log-text").all_inner_texts() == ["beta"]
    page.get_by_label("Least level").select_option("debug")
    page.get_by_label("Show lines with").fill("GAM")
    assert page.locator(".wn-log-line:visible .wn-log-text").all_inner_texts() == ["gamma"]


def test_tiles_are_one_stop_for_the_keyboard(page, site):
    Feed().serve(page)
    page.goto(f"{site}/bed/live/")
    page.wait_for_function("() => document.querySelectorAll('.wn-tile[tabindex=\"0\"]').length === 1")
    page.locator("#wn-host-1").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "wn-host-2"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.id") == "wn-host-3"
