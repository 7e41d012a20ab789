"""20,000 log lines of 200 devices over a socket that is cut twice: every event arrives once, in order."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from socket import SHUT_RDWR
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.e2e.site import PATIENCE, Site, add_devices, browser_cookie, execute, finished
from webnet_sim.fleet import generate
from webnet_sim.network import Network

DEVICES = 200
LINES = 100


def test_a_log_of_20000_lines_arrives_once_and_in_order_though_the_socket_is_cut_twice(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(WEBNET_HOST_DEADLINE="600")
    with Network(generate(DEVICES, platforms=("cisco_ios",)).devices) as network:
        devices = [
            {
                "name": name,
                "port": network[name].port,
                "platform": "cisco_ios",
                "username": "admin",
                "password": "admin",
            }
            for name in network
        ]
        add_devices(site, devices)
        client = site.client()
        job_id = execute(client, "testapp.chatter", {"all": True}, {"lines": LINES})
        events = _watch(site, browser_cookie(site), job_id, cuts=[2_000, 11_000])
        status = finished(client, job_id)
    assert status["status"] == "success"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    lines = Counter(
        event["host"] for event in events if event["kind"] == "log" and event["message"].startswith("line ")
    )
    assert len(lines) == DEVICES
    assert set(lines.values()) == {LINES}
    for name in ("sim-1", f"sim-{DEVICES}"):
        told = [event["message"] for event in events if event["host"] == name and event["message"].startswith("line ")]
        assert told == [f"line {number}" for number in range(LINES)]


def _watch(site: Site, cookie: str, job_id: int, cuts: list[int]) -> list[dict[str, Any]]:
    """Watch the job to its end, dropping the connection without goodbye when each of `cuts` numbers has come."""
    events: list[dict[str, Any]] = []
    limit = time.monotonic() + 600
    while time.monotonic() < limit:
        address = f"ws://127.0.0.1:{site.port}/ws/live/"
        headers = {"Cookie": cookie, "Origin": site.url}
        with connect(
            address, additional_headers=headers, max_size=None, close_timeout=1, open_timeout=PATIENCE
        ) as socket:
            socket.send(json.dumps({"subscribe": f"job:{job_id}", "after": len(events)}))
            if _read(socket, events, cuts, limit):
                return events
    raise AssertionError(f"the job was not told to its end; {len(events)} events came")


def _read(socket: ClientConnection, events: list[dict[str, Any]], cuts: list[int], limit: float) -> bool:
    """Collect events until the end (True), or until a cut is due, which drops the connection without goodbye."""
    while time.monotonic() < limit:
        message = json.loads(socket.recv(timeout=PATIENCE))
        if message.get("type") == "finished":
            return True
        events += message["events"]
        if cuts and len(events) >= cuts[0]:
            cuts.pop(0)
            socket.socket.shutdown(SHUT_RDWR)
            return False
    return False
