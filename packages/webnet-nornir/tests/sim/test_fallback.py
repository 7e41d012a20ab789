"""The ladder of drivers over real SSH: who failed, who took over, and what the device saw of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, Phase, TaskSpec
from webnet_nornir.manager import NornirManager
from webnet_nornir.perform import checkpoint, perform
from webnet_sim.faults import Drops

# netmiko says it this way when it logs in, scrapli asks for another width.
ONLY_NETMIKO = r"^terminal width 511$"


def run(row, task="run_commands", **params):
    params = {"commands": ["show version"]} if task == "run_commands" else params
    return NornirManager({"deadline": 240}).execute_task(task, [row], **params)[row.pk]


@pytest.mark.parametrize("task", ["run_commands", "get_config", "get_facts"])
@pytest.mark.parametrize("platform", ["cisco_ios", "arista_eos"])
def test_a_read_that_one_driver_cannot_finish_is_done_by_the_next(sim_device, device_row, platform, task):
    sim = sim_device(platform=platform, faults=[Drops(after_bytes=0, command=ONLY_NETMIKO)])

    outcome = run(device_row(sim), task)

    assert outcome.status is HostStatus.OK, outcome
    assert outcome.driver == "scrapli"
    assert [(attempt.driver, attempt.error) for attempt in outcome.attempts] == [
        ("netmiko", ErrorCategory.CONNECTION_LOST),
        ("scrapli", None),
    ]
    first, second = sim.transcript.authenticated_sessions()
    assert sim.transcript.lines(session=first)[0] == "terminal width 511"
    assert not [line for line in sim.transcript.lines(session=first) if line.startswith("show")]
    assert [line for line in sim.transcript.lines(session=second) if line.startswith("show")]
    assert "terminal width 511" not in sim.transcript.lines(session=second)


def test_a_device_that_drops_every_driver_is_not_asked_a_second_round(sim_device, device_row):
    sim = sim_device(faults=[Drops(after_bytes=50, command="show version")])

    outcome = run(device_row(sim))

    assert outcome.error is ErrorCategory.CONNECTION_LOST
    assert [attempt.driver for attempt in outcome.attempts] == ["netmiko", "scrapli", "napalm"]
    assert len(sim.transcript.authenticated_sessions()) == 3


def test_a_refused_login_is_tried_once_with_one_driver(sim_device, device_row):
    sim = sim_device()

    outcome = run(device_row(sim, password="not-this-one"))

    assert outcome.error is ErrorCategory.AUTHENTICATION
    assert [attempt.driver for attempt in outcome.attempts] == ["netmiko"]
    assert [attempt.accepted for attempt in sim.transcript.auth_attempts()] == [False]


def test_a_refused_command_is_not_asked_again_through_another_driver(sim_device, device_row):
    sim = sim_device()

    outcome = NornirManager().execute_task("run_commands", [row := device_row(sim)], commands=["show nonsense"])[row.pk]

    assert outcome.error is ErrorCategory.CLI_ERROR
    assert len(sim.transcript.authenticated_sessions()) == 1


def test_a_device_that_does_not_listen_is_dialled_by_one_driver(sim_device, device_row):
    outcome = run(device_row(sim_device(faults=["closed_port"])))

    assert outcome.status is HostStatus.UNREACHABLE
    assert [attempt.driver for attempt in outcome.attempts] == ["netmiko"]


def test_a_change_whose_connection_broke_is_never_repeated(sim_device, device_row):
    sim = sim_device(faults=[Drops(after_bytes=0, command="ip domain name")])
    row = device_row(sim)

    def change(task):
        checkpoint(task, Phase.SAVED)
        checkpoint(task, Phase.SENDING)
        return Outcome(status=HostStatus.CHANGED, text=perform(task, "configure", lines=["ip domain name lab.example"]))

    spec = TaskSpec(
        name="test.change",
        title="Change",
        run=change,
        risk="change",
        needs=frozenset({"configure"}),
        deadline=timedelta(seconds=240),
    )
    outcome = NornirManager().execute_task(spec, [row], unrecorded=True)[row.pk]

    assert (outcome.status, outcome.error) == (HostStatus.UNKNOWN, ErrorCategory.CONNECTION_LOST)
    assert [attempt.driver for attempt in outcome.attempts] == ["netmiko"]
    assert sim.transcript.config_lines() == ["ip domain name lab.example"]
    assert len(sim.transcript.authenticated_sessions()) == 1
