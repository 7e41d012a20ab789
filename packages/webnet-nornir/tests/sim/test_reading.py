"""Reading tasks over real SSH: what comes back, and what the device saw."""

from __future__ import annotations

import pytest

from webnet_core.plugins.items import HostStatus
from webnet_nornir.manager import NornirManager


def run(device, task="run_commands", options=None, **params):
    return NornirManager(options).execute_task(task, [device], **params)[device.pk]


@pytest.mark.parametrize("platform", ["cisco_ios"])
def test_commands_come_back_by_name_in_one_login(sim_device, device_row, platform):
    sim = sim_device(platform=platform)
    outcome = run(device_row(sim), commands=["show version", "show ip interface brief"])
    assert outcome.status is HostStatus.OK, outcome
    assert list(outcome.data) == ["show version", "show ip interface brief"]
    assert "Version" in outcome.data["show version"] or "version" in outcome.data["show version"]
    assert outcome.driver == "netmiko"
    assert [attempt.error for attempt in outcome.attempts] == [None]
    assert len(sim.transcript.authenticated_sessions()) == 1
    assert sim.transcript.config_lines() == []
