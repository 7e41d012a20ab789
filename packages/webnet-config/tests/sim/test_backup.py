"""Backing up simulated devices over real SSH, through Nornir, as jobs."""

from __future__ import annotations

import pytest

from webnet_config.models import Snapshot
from webnet_core.blobs import keys
from webnet_core.blobs import store as blobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(sim_device, device_row):
    """Two simulated routers and their rows."""
    sims = [sim_device(name="lon-1"), sim_device(name="lon-2")]
    return sims, [device_row(sim) for sim in sims]


def test_a_backup_stores_exactly_what_the_device_has(pair, back_up):
    sims, devices = pair
    results = back_up(devices)
    assert {name: row.status for name, row in results.items()} == {"lon-1": "ok", "lon-2": "ok"}
    for sim, device in zip(sims, devices, strict=True):
        stored = blobs.get(Snapshot.objects.get(device=device).raw)
        assert f"hostname {sim.name}" in stored
        assert stored.rstrip().endswith("end")
        assert results[sim.name].data["result"] == {"snapshot_id": device.snapshots.get().pk, "changed": False}


def test_the_first_backup_of_a_process_finds_the_key_of_digests_loaded(pair, back_up):
    # Digests are made in host threads, which never touch the database.
    keys.forget()
    results = back_up(pair[1])
    assert {row.status for row in results.values()} == {"ok"}


def test_a_backup_logs_in_once_and_types_no_configuration(pair, back_up):
    sims, devices = pair
    back_up(devices)
    for sim in sims:
        assert len(sim.transcript.authenticated_sessions()) == 1
        assert sim.transcript.config_lines() == []
        assert "show running-config" in sim.transcript.lines()


def test_the_configuration_is_no_output_of_the_job(pair, back_up):
    _, devices = pair
    assert [row.output for row in back_up(devices).values()] == [None, None]


def test_the_same_backup_again_stores_nothing_new(pair, back_up):
    _, devices = pair
    back_up(devices)
    before = {row.device_id: row.last_seen for row in Snapshot.objects.all()}
    results = back_up(devices)
    after = {row.device_id: row.last_seen for row in Snapshot.objects.all()}
    assert len(after) == 2
    assert all(after[pk] > before[pk] for pk in before)
    assert all(row.message.startswith("Unchanged since ") for row in results.values())


def test_a_change_typed_on_the_device_stores_exactly_one(pair, back_up):
    sims, devices = pair
    back_up(devices)
    sims[0].console("configure terminal", "ip domain-name changed.example", "end", user="mallory")
    results = back_up(devices)
    assert Snapshot.objects.filter(device=devices[0]).count() == 2
    assert Snapshot.objects.filter(device=devices[1]).count() == 1
    assert results["lon-1"].status == "ok"
    assert results["lon-1"].data["result"]["changed"] is True
    newest = Snapshot.objects.filter(device=devices[0]).first()
    assert "ip domain-name changed.example" in blobs.get(newest.raw)


@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos", "cisco_nxos", "juniper_junos"])
def test_each_platform_is_stored_to_the_line_and_its_clock_is_no_change(sim_device, device_row, back_up, platform):
    sim = sim_device(name="r1", platform=platform)
    row = device_row(sim)
    back_up([row])
    stored = blobs.get(row.snapshots.get().raw)
    shown = [line.rstrip() for line in sim.running_config().splitlines()]
    assert set(shown) - {line.rstrip() for line in stored.splitlines()} <= {line for line in shown if is_volatile(line)}
    assert back_up([row])["r1"].message.startswith("Unchanged since ")


def is_volatile(line: str) -> bool:
    """Say whether the simulated device may print another such line a second later."""
    return line.startswith(("!", "#", "Building", "Current")) or not line


@pytest.mark.parametrize(
    ("platform", "typed"),
    [
        ("cisco_nxos", ["configure terminal", "hostname r2", "hostname r1", "end"]),
        ("juniper_junos", ["configure", "set system host-name r2", "commit", "set system host-name r1", "commit"]),
    ],
)
def test_what_was_done_and_undone_is_no_change_though_the_device_dates_it(
    sim_device, device_row, back_up, platform, typed
):
    sim = sim_device(name="r1", platform=platform)
    row = device_row(sim)
    back_up([row])
    before = sim.running_config()
    sim.pass_time(3600)
    sim.console(*typed, user="mallory")
    changed = set(sim.running_config().splitlines()) ^ set(before.splitlines())
    assert changed
    assert all(line.startswith(("!", "## Last commit: ")) for line in changed)
    assert back_up([row])["r1"].message.startswith("Unchanged since ")
    assert row.snapshots.count() == 1


@pytest.mark.parametrize(
    ("fault", "status"), [("refuses_auth", "failed"), ("closed_port", "unreachable"), ("drops", "failed")]
)
def test_a_broken_device_fails_alone_and_stores_nothing(sim_device, device_row, back_up, fault, status):
    good, bad = sim_device(name="good"), sim_device(name="bad", faults=[fault])
    results = back_up([device_row(good), device_row(bad)])
    assert (results["good"].status, results["bad"].status) == ("ok", status)
    assert results["good"].job.status == "partial"
    assert list(Snapshot.objects.values_list("device__hostname", flat=True)) == ["good"]
