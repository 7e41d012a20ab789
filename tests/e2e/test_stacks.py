"""One backup, click to snapshot, on every stack webnet is promised on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.e2e.site import PATIENCE, Site, add_devices, browser_cookie, by_name, execute, finished
from tests.e2e.stacks import NAMES, Stack, stack
from webnet_core.testing.database import ServiceMissing, services_required
from webnet_sim.faults import make_fault
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec

PLATFORMS = ("cisco_ios", "arista_eos")


@pytest.fixture(scope="module", params=NAMES)
def stacked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    try:
        with stack(request.param, tmp_path_factory.mktemp(request.param)) as found:
            yield found
    except ServiceMissing as error:
        if services_required():
            raise
        pytest.skip(f"LEFT OUT: {request.param} was not tested: {error}")


@pytest.fixture(scope="module")
def network(stacked: Stack) -> Iterator[Network]:
    """Six healthy devices, and one each with a wrong password, no listener, and a hang."""
    healthy = [DeviceSpec(name=f"ok-{number}", platform=PLATFORMS[number % 2]) for number in range(6)]
    ill = {"refuses": "refuses_auth", "closed": "closed_port", "hangs": "hangs_mid_output"}
    faulty = [DeviceSpec(name=name, faults=(make_fault(fault),)) for name, fault in ill.items()]
    with Network([*healthy, *faulty]) as found:
        yield found


def test_a_backup_runs_from_the_request_to_the_snapshot_and_is_told_live(stacked: Stack, network: Network) -> None:
    site = stacked.site
    ids = _inventory(site, network)
    client = site.client()
    job_id = execute(client, "backup_config", {"all": True}, options={"deadline": 30})
    events = _watch(site, job_id)
    status = finished(client, job_id)

    hosts = by_name(status)
    assert status["status"] == "partial"
    assert {name: host["status"] for name, host in hosts.items() if name.startswith("ok-")} == dict.fromkeys(
        [f"ok-{number}" for number in range(6)], "ok"
    )
    assert hosts["refuses"]["error_category"] == "authentication"
    assert (hosts["closed"]["status"], hosts["closed"]["error_category"]) == ("unreachable", "unreachable")
    assert hosts["hangs"]["error_category"] == "timeout"
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["data"]["status"] == "partial"
    for number in range(6):
        assert len(network[f"ok-{number}"].transcript.authenticated_sessions()) == 1
        assert network[f"ok-{number}"].transcript.config_lines() == []
        assert _stored(client, ids[f"ok-{number}"]) == network[f"ok-{number}"].running_config().strip()


def test_the_same_backup_stores_nothing_and_a_typed_change_exactly_one(stacked: Stack, network: Network) -> None:
    client = stacked.site.client()
    names = [f"ok-{number}" for number in range(6)]
    ids = {row["hostname"]: row["id"] for row in client.get("devices/", params={"limit": 50}).json()["results"]}
    chosen = {"device_ids": [ids[name] for name in names]}
    before = {name: _snapshots(client, ids[name]) for name in names}

    assert finished(client, execute(client, "backup_config", chosen))["status"] == "success"
    assert {name: _snapshots(client, ids[name]) for name in names} == before
    network["ok-0"].console("configure terminal", "interface Loopback9", "description by hand", "end")
    assert finished(client, execute(client, "backup_config", chosen))["status"] == "success"
    after = {name: _snapshots(client, ids[name]) for name in names}
    assert len(after.pop("ok-0")) == len(before.pop("ok-0")) + 1
    assert after == before


def _inventory(site: Site, network: Network) -> dict[str, int]:
    rows = [
        {
            "name": name,
            "port": network[name].port,
            "platform": network[name].spec.platform,
            "username": "admin",
            "password": "admin",
        }
        for name in network
    ]
    return add_devices(site, rows)


def _snapshots(client: httpx.Client, device_id: int) -> list[int]:
    return [row["id"] for row in client.get(f"config/devices/{device_id}/snapshots/").json()["results"]]


def _stored(client: httpx.Client, device_id: int) -> str:
    newest = _snapshots(client, device_id)[0]
    text: str = client.get(f"config/snapshots/{newest}/", params={"raw": "true"}).json()["config_text"]
    return text.strip()


def _watch(site: Site, job_id: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    headers = {"Cookie": browser_cookie(site), "Origin": site.url}
    with connect(
        f"ws://127.0.0.1:{site.port}/ws/live/", additional_headers=headers, max_size=None, open_timeout=PATIENCE
    ) as socket:
        socket.send(json.dumps({"subscribe": f"job:{job_id}", "after": 0}))
        while True:
            message = json.loads(socket.recv(timeout=PATIENCE))
            if message.get("type") == "finished":
                return events
            events += message["events"]
