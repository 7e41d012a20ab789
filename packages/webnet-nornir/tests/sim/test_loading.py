"""NAPALM's whole configurations: loaded, compared, committed, and put back where the device refuses a line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webnet_core.plugins.items import ErrorCategory, HostStatus, Phase, TaskSpec
from webnet_nornir.drivers.napalm.tasks import napalm_config_merge, napalm_config_replace
from webnet_nornir.manager import NornirManager
from webnet_nornir.perform import checkpoint

PORTS = {"cisco_ios": "GigabitEthernet0/1", "arista_eos": "Ethernet1", "cisco_nxos": "Ethernet1/1"}
every_platform = pytest.mark.parametrize("platform", PORTS)
replacing = pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos"])


@pytest.fixture
def device(sim_device):
    def make(platform):
        return sim_device(
            platform=platform, extra_config="archive\n path flash:kept" if platform == "cisco_ios" else ""
        )

    return make


def lines_for(platform, *more):
    return "\n".join([f"interface {PORTS[platform]}", " description by napalm", *more])


def load(row, function, configuration, **arguments):
    def change(task):
        checkpoint(task, Phase.SAVED)
        checkpoint(task, Phase.SENDING)
        return function(task, configuration=configuration, **arguments)

    spec = TaskSpec(name="test.load", title="Load", run=change, risk="change", deadline=timedelta(seconds=240))
    return NornirManager().execute_task(spec, [row], unrecorded=True)[row.pk]


def settled(config):
    """A configuration without its head, which tells when it was changed."""
    return [line for line in config.splitlines() if not line.startswith(("!", "Building", "Current"))]


@every_platform
def test_a_merge_lands_is_saved_and_tells_the_difference(device, device_row, platform):
    sim = device(platform)

    outcome = load(device_row(sim), napalm_config_merge, lines_for(platform))

    assert outcome.status is HostStatus.CHANGED, outcome
    assert "description by napalm" in outcome.diff
    assert "description by napalm" in sim.running_config()
    assert "description by napalm" in sim.startup_config()
    assert "file prompt quiet" not in sim.running_config()
    assert len(sim.transcript.authenticated_sessions()) == 1
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


@every_platform
def test_a_merge_with_a_line_the_device_refuses_leaves_it_as_it_was(device, device_row, platform):
    sim = device(platform)
    before = settled(sim.running_config())

    outcome = load(device_row(sim), napalm_config_merge, lines_for(platform, "bogus line"))

    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.CLI_ERROR), outcome
    assert settled(sim.running_config()) == before
    assert sim.transcript.lines()[-1] == "exit"


@every_platform
def test_a_dry_run_tells_the_difference_and_leaves_the_configuration(device, device_row, platform):
    sim = device(platform)
    before = settled(sim.running_config())

    outcome = load(device_row(sim), napalm_config_merge, lines_for(platform), dry_run=True)

    assert outcome.error is None, outcome
    assert "description by napalm" in outcome.diff
    assert settled(sim.running_config()) == before


@replacing
def test_a_replacement_puts_a_whole_configuration_in_place(device, device_row, platform):
    sim = device(platform)
    wanted = sim.running_config()
    sim.console("configure terminal", f"interface {PORTS[platform]}", "description to be gone", "end")

    outcome = load(device_row(sim), napalm_config_replace, wanted)

    assert outcome.status is HostStatus.CHANGED, outcome
    assert "to be gone" in outcome.diff
    assert settled(sim.running_config()) == settled(wanted)


@replacing
def test_a_replacement_with_a_line_the_device_refuses_leaves_it_as_it_was(device, device_row, platform):
    sim = device(platform)
    before = settled(sim.running_config())

    wrong = sim.running_config().rstrip().removesuffix("end") + "bogus line\nend\n"
    outcome = load(device_row(sim), napalm_config_replace, wrong)

    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.CLI_ERROR), outcome
    assert settled(sim.running_config()) == before


def test_a_replacement_for_which_napalm_would_log_in_by_itself_is_refused(device, device_row):
    sim = device("cisco_nxos")
    before = sim.running_config().splitlines()[4:]

    outcome = load(device_row(sim), napalm_config_replace, sim.running_config())

    assert (outcome.error, outcome.changed) == (ErrorCategory.NOT_SUPPORTED, False), outcome
    assert "host key" in outcome.message
    assert sim.running_config().splitlines()[4:] == before
    assert len(sim.transcript.authenticated_sessions()) == 1
    assert sim.transcript.config_lines() == []
