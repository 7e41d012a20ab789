"""Tasks that write: nothing is sent before its checkpoints are stored, refused lines are noticed, the mode is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import BaseModel

from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, Phase, TaskSpec
from webnet_nornir.admission import Gate
from webnet_nornir.conf import NornirConfig
from webnet_nornir.control import Admitted, Unrecorded
from webnet_nornir.exceptions import LeaseLost, RecordRequired
from webnet_nornir.manager import NornirManager, pin_first_key
from webnet_nornir.perform import checkpoint, perform
from webnet_sim.faults import HangsMidOutput


class LinesParams(BaseModel):
    lines: list[str] = ["ip domain name lab.example"]


def careful(task, lines):
    checkpoint(task, Phase.SAVED)
    checkpoint(task, Phase.SENDING)
    return Outcome(status=HostStatus.CHANGED, changed=True, text=perform(task, "configure", lines=lines))


def careless(task, lines):
    return perform(task, "configure", lines=lines)


def half_careful(task, lines):
    checkpoint(task, Phase.SENDING)
    return perform(task, "configure", lines=lines)


class Recording(Unrecorded):
    """A control that remembers the phases and may take the lease away."""

    def __init__(self, gate, *, lost_at=None):
        super().__init__()
        self.gate = gate
        self.phases = []
        self.lost_at = lost_at

    def admit(self, host):
        self.gate.open(host)
        return Admitted()

    def checkpoint(self, host, reached):
        if reached.phase is self.lost_at:
            raise LeaseLost
        self.phases.append(reached.phase)

    def pin(self, host, shown):
        pin_first_key(int(host.name), shown)


def run(row, function, *, lines=("ip domain name lab.example",), deadline=240.0, lost_at=None):
    spec = TaskSpec(
        name="test.change",
        title="Change",
        run=function,
        params=LinesParams,
        risk="change",
        needs=frozenset({"configure", "run_commands"}),
        deadline=timedelta(seconds=deadline),
    )
    gate = Gate([row], spec, NornirConfig())
    control = Recording(gate, lost_at=lost_at)
    NornirManager().run(spec, LinesParams(lines=list(lines)), [row], control, gate)
    return control.outcomes[str(row.pk)], control


def test_a_change_reaches_the_device_after_its_checkpoints(sim_device, device_row):
    sim = sim_device()

    outcome, control = run(device_row(sim), careful)

    assert outcome.status is HostStatus.CHANGED, outcome
    assert control.phases == [Phase.SAVED, Phase.SENDING]
    assert sim.transcript.config_lines() == ["ip domain name lab.example"]
    assert "ip domain name lab.example" in sim.running_config()


@pytest.mark.parametrize("function", [careless, half_careful])
def test_no_line_leaves_before_both_checkpoints_are_stored(sim_device, device_row, function):
    sim = sim_device()

    outcome, _ = run(device_row(sim), function)

    assert outcome.status in (HostStatus.FAILED, HostStatus.UNKNOWN)
    assert "checkpoint" in outcome.message
    assert sim.transcript.config_lines() == []


def test_a_lost_lease_stops_the_change_before_its_first_line(sim_device, device_row):
    sim = sim_device()

    outcome, _ = run(device_row(sim), careful, lost_at=Phase.SENDING)

    assert outcome.error is ErrorCategory.LEASE_LOST
    assert sim.transcript.config_lines() == []


def test_a_refused_line_is_named_and_configuration_mode_is_left(sim_device, device_row):
    sim = sim_device()

    outcome, _ = run(device_row(sim), careful, lines=("ip domain name lab.example", "bogus line", "hostname never"))

    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.CLI_ERROR)
    assert outcome.changed
    assert "bogus line" in outcome.message
    assert "hostname never" not in sim.transcript.config_lines()
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert sim.transcript.lines()[-2:] == ["end", "exit"]


def test_a_change_that_hangs_after_sending_is_unknown(sim_device, device_row, time_for):
    sim = sim_device(faults=[HangsMidOutput(after_bytes=0, command="bogus")])

    outcome, _ = run(
        device_row(sim),
        careful,
        lines=("ip domain name lab.example", "bogus line"),
        deadline=time_for("netmiko", at_least=4),
    )

    assert (outcome.status, outcome.error) == (HostStatus.UNKNOWN, ErrorCategory.TIMEOUT)
    assert "look at the device" in outcome.message


def test_a_fresh_session_is_a_second_login_and_the_first_one_stays(sim_device, device_row):
    sim = sim_device()

    def twice(task, lines):
        perform(task, "run_commands", commands=["show clock"])
        perform(task, "run_commands", commands=["show version"], session="fresh")
        return perform(task, "run_commands", commands=["show clock"])["show clock"]

    outcome, _ = run(device_row(sim), twice)

    assert outcome.status is HostStatus.OK, outcome
    first, second = sim.transcript.authenticated_sessions()
    assert [line for line in sim.transcript.lines(session=first) if line.startswith("show")] == ["show clock"] * 2
    assert [line for line in sim.transcript.lines(session=second) if line.startswith("show")] == ["show version"]


def test_a_changing_task_is_refused_without_a_job_unless_asked_for(sim_device, device_row):
    sim = sim_device()
    row = device_row(sim)
    spec = TaskSpec(
        name="test.change",
        title="Change",
        run=careful,
        params=LinesParams,
        risk="change",
        needs=frozenset({"configure"}),
    )

    with pytest.raises(RecordRequired):
        NornirManager().execute_task(spec, [row])
    assert sim.transcript.entries == []

    outcome = NornirManager().execute_task(spec, [row], unrecorded=True)[row.pk]
    assert outcome.status is HostStatus.CHANGED
