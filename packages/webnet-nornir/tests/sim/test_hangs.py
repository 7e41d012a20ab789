"""Devices that never finish: the run ends at the deadline, and nothing of them stays behind."""

from __future__ import annotations

import pytest

from webnet_core.plugins.items import ErrorCategory, HostStatus
from webnet_nornir.manager import NornirManager
from webnet_nornir.threads import stuck_threads
from webnet_sim.faults import Drips, HangsAuth, HangsMidOutput, NeverAnswers, Slow
from webnet_sim.spec import DeviceSpec

HANGS = {
    "mid-output": HangsMidOutput(after_bytes=200, command="show version"),
    "mid-output-at-once": HangsMidOutput(after_bytes=0, command="show version"),
    "mid-login": Slow(seconds=60, command="terminal|set cli"),
    "auth-1": HangsAuth(),
    "auth-2": HangsAuth(),
    "auth-3": HangsAuth(),
    "banner-1": NeverAnswers(),
    "banner-2": NeverAnswers(),
    "banner-3": NeverAnswers(),
    "drip-slow": Drips(after_bytes=50, command="show version", interval=0.2),
    "drip-fast": Drips(after_bytes=50, command="show version", interval=0.005),
    "drip-without-head": Drips(after_bytes=0, command="show version", interval=0.05),
}
DRIVERS = ["netmiko", "scrapli", "napalm"]
HEALTHY = ("fine-1", "fine-2", "fine-3")
# Seconds after which a driver gives up by itself, with a sentence of its own; a busy machine may ask for more.
PATIENCE = 10


@pytest.mark.parametrize(
    "cell",
    [*((driver, "cisco_ios") for driver in DRIVERS), ("scrapli", "juniper_junos"), ("napalm", "cisco_nxos")],
    ids="-".join,
)
def test_twelve_hangs_leave_no_thread_and_no_descriptor(sim_network, device_row, leftovers, time_for, cell):
    driver, platform = cell
    deadline = time_for(driver, platform, at_least=4)
    specs = [DeviceSpec(name=name, platform=platform, faults=(fault,)) for name, fault in HANGS.items()]
    network = sim_network([*specs, *(DeviceSpec(name=name, platform=platform) for name in HEALTHY)])
    rows = {name: device_row(network[name]) for name in network}
    leftovers()
    manager = NornirManager({"driver": driver, "workers": len(rows), "deadline": deadline})

    outcomes = manager.execute_task("run_commands", rows.values(), commands=["show version"])

    assert leftovers() == (0, 0)
    assert stuck_threads() == 0
    for name in HANGS:
        outcome = outcomes[rows[name].pk]
        assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.TIMEOUT), (name, outcome)
        if deadline < PATIENCE:
            assert f" {deadline:.0f} s" in outcome.message
    for name in HEALTHY:
        assert outcomes[rows[name].pk].status is HostStatus.OK, outcomes[rows[name].pk]
        assert network[name].transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


def test_hanging_devices_do_not_take_the_slots_of_others(sim_network, device_row, time_for):
    hanging = [DeviceSpec(name=f"silent-{number}", faults=(NeverAnswers(),)) for number in range(4)]
    network = sim_network([*hanging, *(DeviceSpec(name=name) for name in HEALTHY)])
    rows = {name: device_row(network[name]) for name in network}

    outcomes = NornirManager({"workers": 2, "deadline": time_for("netmiko", at_least=2)}).execute_task(
        "run_commands", rows.values(), commands=["show clock"]
    )

    assert {name for name in HEALTHY if outcomes[rows[name].pk].error is None} == set(HEALTHY)


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize(
    "hang",
    [
        (NeverAnswers(), "host key"),
        (HangsAuth(), "logging in"),
        (HangsMidOutput(after_bytes=100, command="show version"), "run_commands"),
    ],
)
def test_the_verdict_says_what_the_device_was_doing(sim_device, device_row, time_for, hang, driver):
    fault, doing = hang
    row = device_row(sim_device(faults=[fault]))

    outcome = NornirManager({"driver": driver, "deadline": time_for(driver, at_least=2)}).execute_task(
        "run_commands", [row], commands=["show version"]
    )[row.pk]

    assert outcome.error is ErrorCategory.TIMEOUT
    assert doing in outcome.message
