"""Lines for a candidate: all of them take effect or none does, and nothing is left for the next one to commit."""

from __future__ import annotations

import pytest

from tests.sim.test_matrix import JUNOS, LINES, configure
from webnet_core.platforms.cisco import XR
from webnet_core.plugin import registry
from webnet_core.plugins.items import ErrorCategory, HostStatus
from webnet_sim.faults import Drops, DropsInCommit, HangsMidOutput

LINE = LINES[JUNOS][0]
REFUSED_LINES = [
    "set system bogus x",
    "set interfaces ge-0/0/0 unit 0 family inet address 10.0.0.300/24",
    "delete system bogus",
    "set",
]

pytestmark = pytest.mark.parametrize("driver", ["netmiko", "scrapli"])


@pytest.fixture
def junos(sim_device):
    return sim_device("mine", platform=JUNOS)


def body_of(sim):
    """The configuration without the line that tells of the last commit."""
    return sim.running_config().splitlines()[1:]


def assert_nothing_left(sim, before):
    """Fail unless the device has what it had, and the next one to configure it finds nothing of ours."""
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert sim.running_config().splitlines() == before
    assert sim.console("configure exclusive", "show | compare").endswith("Entering configuration mode\n")


def run_refused(driver, sim, row, lines):
    before = sim.running_config().splitlines()

    outcome = configure(driver, row, lines)

    assert (outcome.status, outcome.error, outcome.changed) == (HostStatus.FAILED, ErrorCategory.CLI_ERROR, False), (
        outcome
    )
    assert_nothing_left(sim, before)
    return outcome


def test_nobody_else_can_commit_the_lines_meanwhile(driver, junos, device_row):
    outcome = configure(driver, device_row(junos), [LINE])

    assert outcome.status is HostStatus.CHANGED, outcome
    assert "commit complete" in outcome.text
    assert junos.transcript.lines()[-4:] == [LINE, "commit", "exit configuration-mode", "exit"]
    assert "configure exclusive" in junos.transcript.lines()


@pytest.mark.parametrize("bad", REFUSED_LINES)
def test_a_refused_line_undoes_those_before_it(driver, junos, device_row, bad):
    outcome = run_refused(driver, junos, device_row(junos), [LINE, bad, "set system host-name never"])

    assert repr(bad) in outcome.message
    assert "has what it had before" in outcome.message
    assert junos.transcript.config_lines() == [LINE, bad, "rollback 0"]
    assert junos.transcript.lines()[-2:] == ["exit configuration-mode", "exit"]


def test_a_refused_commit_undoes_all_lines_and_says_why(driver, junos, device_row):
    lines = ["set protocols bgp group up type external", "set protocols bgp group up export missing"]

    outcome = run_refused(driver, junos, device_row(junos), lines)

    assert "Policy missing referenced but not defined" in outcome.message
    assert junos.transcript.config_lines() == [*lines, "commit", "rollback 0"]


@pytest.mark.parametrize("word", ["commit", "exit", "run show version", "load override terminal", "rollback 1"])
def test_a_line_that_is_no_statement_keeps_all_from_being_sent(driver, junos, device_row, word):
    outcome = run_refused(driver, junos, device_row(junos), [LINE, word])

    assert repr(word) in outcome.message
    assert "configure exclusive" not in junos.transcript.lines()
    assert junos.transcript.config_lines() == []


def test_changes_somebody_left_uncommitted_are_neither_committed_nor_undone(driver, junos, device_row):
    junos.console("configure", "set system host-name theirs", user="mallory")
    before = junos.running_config()

    outcome = configure(driver, device_row(junos), [LINE])

    assert (outcome.status, outcome.changed) == (HostStatus.FAILED, False), outcome
    assert "modified" in outcome.message
    assert junos.running_config() == before
    assert junos.transcript.config_lines() == []
    assert "theirs" in junos.console("configure", "show | compare")


def test_a_commit_that_waits_to_be_confirmed_is_not_confirmed_by_the_way(driver, junos, device_row):
    junos.console("configure", "set system host-name theirs", "commit confirmed 5", user="mallory")

    outcome = configure(driver, device_row(junos), [LINE])

    assert (outcome.status, outcome.changed) == (HostStatus.FAILED, False), outcome
    assert "waits to be confirmed" in outcome.message
    assert junos.transcript.config_lines() == []
    assert junos.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    junos.pass_time(301)
    assert "host-name mine" in junos.running_config()


def test_a_connection_lost_before_the_commit_leaves_nothing_behind(driver, sim_device, device_row):
    second = "set system host-name never"
    sim = sim_device("mine", platform=JUNOS, faults=[Drops(after_bytes=0, command=second)])
    before = sim.running_config().splitlines()

    outcome = configure(driver, device_row(sim), [LINE, second])

    assert (outcome.status, outcome.error) == (HostStatus.UNKNOWN, ErrorCategory.CONNECTION_LOST), outcome
    assert_nothing_left(sim, before)


def test_a_commit_that_is_never_answered_is_unknown(driver, sim_device, device_row):
    sim = sim_device("mine", platform=JUNOS, faults=[DropsInCommit()])

    outcome = configure(driver, device_row(sim), [LINE])

    assert outcome.status is HostStatus.UNKNOWN, outcome
    assert "look at the device" in outcome.message
    assert sim.transcript.config_lines().count("commit") == 1


def test_a_line_that_is_never_answered_leaves_nothing_behind(driver, sim_device, device_row, settings):
    settings.WEBNET = {**settings.WEBNET, "NORNIR": {**settings.WEBNET["NORNIR"], "COMMAND_TIMEOUT": 6}}
    sim = sim_device("mine", platform=JUNOS, faults=[HangsMidOutput(after_bytes=0, command="set system host-name")])
    before = sim.running_config().splitlines()

    outcome = configure(driver, device_row(sim), [LINE, "set system host-name never"])

    assert (outcome.status, outcome.error) == (HostStatus.UNKNOWN, ErrorCategory.TIMEOUT), outcome
    assert_nothing_left(sim, before)


def test_a_platform_whose_candidate_nobody_would_commit_is_not_configured(driver):
    assert "commit" in registry("drivers").get(driver).obstacle(XR, "configure")
    assert registry("drivers").get(driver).supports(XR, "get_config")
