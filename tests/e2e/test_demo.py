"""`make demo` as a newcomer meets it: 24 devices, three of them ill, backed up three times."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.conftest import Demo
from tests.e2e.site import by_name, execute, finished, sign_in
from webnet_sim.control_client import Control
from webnet_sim.transcript import read


def _snapshots(client: httpx.Client) -> dict[str, list[int]]:
    devices = client.get("devices/", params={"limit": 100}).json()["results"]
    return {
        device["hostname"]: [
            row["id"] for row in client.get(f"config/devices/{device['id']}/snapshots/").json()["results"]
        ]
        for device in devices
    }


def _back_up(client: httpx.Client) -> dict[str, Any]:
    return finished(client, execute(client, "backup_config", {"all": True}))


def _transcripts(directory: Path) -> dict[str, Any]:
    return {path.stem: read(path) for path in sorted(directory.glob("*.jsonl"))}


def test_a_backup_of_the_demo_is_partial_truthful_and_stores_only_what_changed(demo: Demo) -> None:
    demo.env["WEBNET_HOST_DEADLINE"] = "40"
    ready = demo.start()
    client = sign_in(ready["url"], ready["user"], ready["password"])

    first = _back_up(client)
    hosts = by_name(first)
    assert first["status"] == "partial"
    told = Counter(host["status"] for host in hosts.values())
    assert told["ok"] + told["changed"] == 21
    faults = {host["error_category"]: host["status"] for host in hosts.values() if host["error_category"]}
    assert faults == {"authentication": "failed", "unreachable": "unreachable", "timeout": "failed"}

    heard = _transcripts(demo.state / "transcripts")
    healthy = [name for name, host in hosts.items() if not host["error_category"]]
    assert len(healthy) == 21
    for name in healthy:
        accepted = [attempt for attempt in heard[name].auth_attempts() if attempt.accepted]
        assert len(accepted) == 1, name
    assert [line for transcript in heard.values() for line in transcript.config_lines()] == []

    before = _snapshots(client)
    assert all(len(before[name]) == 1 for name in healthy)
    with Control.from_ready_file(demo.state / "network.json") as network:
        again = _back_up(client)
        assert again["status"] == "partial"
        assert _snapshots(client) == before
        network.run("lon-core-1", "configure terminal", "interface Loopback99", "description typed by hand", "end")
    changed = execute(client, "backup_config", {"site": "London", "role": "core"})
    assert finished(client, changed)["status"] == "success"
    after = _snapshots(client)
    assert len(after.pop("lon-core-1")) == 2
    assert after == {name: rows for name, rows in before.items() if name != "lon-core-1"}

    assert demo.stop() == 0
    assert demo.start()[0] == ready[0]
    client = sign_in(ready["url"], ready["user"], ready["password"])
    assert len(_snapshots(client)["lon-core-1"]) == 2
    password = demo.state / "admin-password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert password.read_text().strip() == ready["password"]
