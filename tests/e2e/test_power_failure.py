"""The server dies in the middle of a job and starts again: what the devices heard says whether we told the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.site import Site, add_devices, by_name, execute, finished, wait_for
from webnet_sim.faults import make_fault
from webnet_sim.network import Network
from webnet_sim.spec import DeviceSpec

Sites = Callable[..., Site]


@pytest.fixture
def network() -> Iterator[Network]:
    """Six quick devices and six that do not answer what they are asked until they are mended."""
    hangs = (make_fault("hangs_mid_output", after_bytes=0, command="^show "),)
    quick = [DeviceSpec(name=f"quick-{number}", platform="cisco_ios") for number in range(6)]
    hanging = [DeviceSpec(name=f"slow-{number}", platform="cisco_ios", faults=hangs) for number in range(6)]
    with Network([*quick, *hanging]) as found:
        yield found


def _mend(network: Network) -> None:
    """Let whoever asks from now on be answered; a session that hangs goes on hanging."""
    for name in network:
        network[name].clear_fault()


def _inventory(site: Site, network: Network) -> dict[str, int]:
    return add_devices(
        site,
        [
            {
                "name": name,
                "port": network[name].port,
                "platform": "cisco_ios",
                "username": "admin",
                "password": "admin",
            }
            for name in network
        ],
    )


def _states(client: httpx.Client, job_id: int) -> dict[str, dict[str, Any]]:
    return by_name(client.get(f"tasks/status/{job_id}/").json())


def _asked(network: Network) -> set[str]:
    """Return the hosts that were asked something."""
    return {name for name in network if any(line.startswith("show ") for line in network[name].transcript.lines())}


def _sessions(network: Network) -> dict[str, int]:
    return {name: len(network[name].transcript.authenticated_sessions()) for name in network}


def test_a_read_job_is_finished_after_a_power_failure_and_no_finished_host_hears_of_it(
    make_site: Sites, network: Network
) -> None:
    site = make_site()
    ids = _inventory(site, network)
    client = site.client()
    job_id = execute(client, "run_commands", {"device_ids": list(ids.values())}, {"commands": ["show version"]})
    wait_for(lambda: _asked(network) == set(network), 400, "a question to every host")
    wait_for(
        lambda: sum(host["status"] == "ok" for host in _states(client, job_id).values()) == 6, 400, "the quick hosts"
    )
    before = _states(client, job_id)
    site.kill()
    heard = _sessions(network)
    in_flight = {name for name, host in before.items() if host["status"] == "running"}
    assert in_flight == {name for name in network if name.startswith("slow")}

    _mend(network)
    site.start()
    client = site.client()
    status = finished(client, job_id)
    hosts = by_name(status)
    assert status["status"] == "success"
    assert {host["status"] for host in hosts.values()} == {"ok"}
    done = {name for name, host in before.items() if host["status"] == "ok"}
    assert {name: _sessions(network)[name] for name in done} == {name: heard[name] for name in done}
    assert {hosts[name]["attempts"] for name in in_flight} == {2}
    assert {hosts[name]["attempts"] for name in done} == {1}
    assert "running" not in site.python(
        "from webnet_core.models import Shard; print(*Shard.objects.values_list('state'))"
    )


def test_a_change_is_never_sent_twice_and_every_host_is_told_by_its_phase(make_site: Sites, network: Network) -> None:
    site = make_site()
    network["quick-0"].set_fault("hangs_mid_output", after_bytes=0, command="^description")
    ids = _inventory(site, network)
    chosen = {name: pk for name, pk in ids.items() if name in {"quick-0", "quick-1", "slow-0", "slow-1"}}
    client = site.client()
    body = {
        "task": "testapp.describe",
        "targets": {"device_ids": list(chosen.values())},
        "params": {"lines": ["interface Loopback77", "description power"]},
    }
    plan = client.post("tasks/plan/", json=body)
    assert plan.status_code == httpx.codes.OK, plan.text
    answer = client.post("tasks/execute/", json={**body, "token": plan.json()["token"]})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    job_id = answer.json()["job_id"]
    wait_for(lambda: len(network["quick-0"].transcript.config_lines()) == 2, 400, "the line that hangs")
    wait_for(lambda: "slow-0" in _asked(network), 400, "the host that is still being read")
    site.kill()
    sent = {name: network[name].transcript.config_lines() for name in chosen}

    _mend(network)
    site.start()
    client = site.client()
    status = finished(client, job_id)
    hosts = by_name(status)
    assert status["status"] == "interrupted"
    for name in chosen:
        told = hosts[name]["status"]
        if sent[name]:
            assert told in {"unknown", "changed"}, (name, hosts[name])
        else:
            assert told in {"cancelled", "unknown"}, (name, hosts[name])
    assert hosts["quick-0"]["status"] == "unknown"
    assert hosts["slow-0"]["status"] == "cancelled"
    assert {name: network[name].transcript.config_lines() for name in chosen} == sent


def test_ctrl_c_hands_a_read_job_back_and_the_next_start_finishes_it(make_site: Sites, network: Network) -> None:
    site = make_site()
    ids = _inventory(site, network)
    client = site.client()
    job_id = execute(client, "run_commands", {"device_ids": list(ids.values())}, {"commands": ["show version"]})
    wait_for(lambda: any(host["status"] == "ok" for host in _states(client, job_id).values()), 400, "a first host")
    _mend(network)
    site.stop()
    site.start()
    status = finished(site.client(), job_id)
    assert status["status"] == "success"
    assert max(host["attempts"] for host in status["hosts"]) <= 2
