"""Every operation over every driver that does it, on every platform listed here, by what the device saw."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from webnet_core.plugin import registry
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, Phase, TaskSpec, Trait
from webnet_nornir.manager import NornirManager
from webnet_nornir.operations import OPERATIONS
from webnet_nornir.perform import checkpoint, perform

# The platforms of the matrix, each with lines a change enters there; another platform is one more entry.
LINES = {
    "cisco_ios": ["interface GigabitEthernet0/1", "description set by a test"],
    "arista_eos": ["interface Ethernet1", "description set by a test"],
    "cisco_nxos": ["interface Ethernet1/1", "description set by a test"],
    "juniper_junos": ['set interfaces ge-0/0/0 description "set by a test"'],
}
DRIVERS = ("netmiko", "scrapli", "napalm")
JUNOS = "juniper_junos"
ROUTES = {
    "cisco_ios": "ip route 10.{}.{}.0 255.255.255.0 10.0.0.{}",
    "arista_eos": "ip route 10.{}.{}.0/24 10.0.0.{}",
    "cisco_nxos": "ip route 10.{}.{}.0/24 10.0.0.{}",
    JUNOS: "set routing-options static route 10.{}.{}.0/24 next-hop 10.0.0.{}",
}
# Devices that have lines which look like their own prompt and like the end of their configuration.
TRAPS = {
    platform: f"{LINES[platform][0]}\n description lyon#\nbanner motd ^\nlyon#\nend\n^"
    for platform in LINES
    if platform != JUNOS
} | {JUNOS: 'set system login message "lyon>"\nset interfaces ge-0/0/0 description "admin@lyon>"'}


def cells(*operations):
    """The (driver, platform, operation) triples that are supported."""
    return [
        (driver, platform, operation)
        for driver, platform, operation in product(DRIVERS, LINES, operations or OPERATIONS)
        if registry("drivers").get(driver).supports(registry("platforms").get(platform), operation)
    ]


def enabling(*operations):
    """Those triples without an enable password, and with one where the platform has the mode."""
    return [
        (*cell, enable)
        for cell in cells(*operations)
        for enable in ("", "raise-me")
        if not enable or Trait.ENABLE in registry("platforms").get(cell[1]).traits
    ]


def at_once(*operations):
    """Those triples on platforms whose lines take effect as they are entered."""
    return [cell for cell in cells(*operations) if cell[1] != JUNOS]


def over(driver, row, task, **params):
    return NornirManager({"driver": driver, "deadline": 240}).execute_task(task, [row], **params)[row.pk]


def change(task, lines):
    checkpoint(task, Phase.SAVED)
    checkpoint(task, Phase.SENDING)
    return Outcome(status=HostStatus.CHANGED, changed=True, text=perform(task, "configure", lines=lines))


def configure(driver, row, lines):
    spec = TaskSpec(
        name="test.change",
        title="Change",
        run=lambda task: change(task, lines),
        risk="change",
        needs=frozenset({"configure"}),
        deadline=timedelta(seconds=240),
    )
    return NornirManager({"driver": driver}).execute_task(spec, [row], unrecorded=True)[row.pk]


def test_every_operation_has_a_driver_on_every_platform_of_the_matrix():
    assert {(platform, operation) for _, platform, operation in cells()} == set(product(LINES, OPERATIONS))


@pytest.mark.parametrize("cell", enabling("run_commands"), ids="-".join)
def test_commands_come_back_by_name_in_one_login(sim_device, device_row, cell):
    driver, platform, operation, enable = cell
    sim = sim_device(platform=platform, enable=enable)

    outcome = over(driver, device_row(sim), operation, commands=["show version", "show lldp neighbors"])

    assert outcome.status is HostStatus.OK, outcome
    assert list(outcome.data) == ["show version", "show lldp neighbors"]
    assert lines_of(outcome.data["show version"])[0] == lines_of(sim.console("show version"))[0]
    assert outcome.driver == driver
    (session,) = sim.transcript.authenticated_sessions()
    asked = [line for line in sim.transcript.lines(session=session) if line in outcome.data]
    assert asked == ["show version", "show lldp neighbors"]
    assert sim.transcript.config_lines() == []
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


@pytest.mark.parametrize("cell", enabling("get_config"), ids="-".join)
def test_a_configuration_is_what_the_device_holds(sim_device, device_row, cell):
    driver, platform, operation, enable = cell
    sim = sim_device(platform=platform, enable=enable)

    outcome = over(driver, device_row(sim), operation)

    assert outcome.status is HostStatus.OK, outcome
    assert lines_of(outcome.text) == lines_of(sim.running_config())
    assert registry("platforms").get(platform).config_commands["running"] in sim.transcript.lines()
    assert len(sim.transcript.authenticated_sessions()) == 1


def lines_of(text):
    """The lines of a text, without the one in which NX-OS tells the second it was asked."""
    return [line.rstrip() for line in text.strip().splitlines() if not line.startswith("!Time: ")]


@pytest.mark.parametrize("cell", cells("get_facts"), ids="-".join)
def test_facts_are_the_same_whichever_driver_asks(sim_device, device_row, cell):
    driver, platform, operation = cell
    sim = sim_device(platform=platform, serial="SIM0042XYZ")
    row = device_row(sim)

    outcome = over(driver, row, operation)

    assert outcome.status is HostStatus.OK, outcome
    commands = registry("platforms").get(platform).facts_commands
    names = ("model", "os_version", "serial", "hostname")
    told = over("netmiko", row, operation).data
    assert {name: outcome.data[name] for name in names} == {name: told[name] for name in names}
    assert outcome.data["serial"] == "SIM0042XYZ"
    assert outcome.data["hostname"] == sim.name
    assert outcome.data["os_version"] in sim.console(commands[0])
    assert outcome.data["model"] in sim.console(commands[0])
    assert outcome.data["uptime"]


@pytest.mark.parametrize("cell", enabling("configure"), ids="-".join)
def test_lines_are_entered_and_the_mode_is_left(sim_device, device_row, cell):
    driver, platform, _, enable = cell
    sim = sim_device(platform=platform, enable=enable)

    outcome = configure(driver, device_row(sim), LINES[platform])

    assert (outcome.status, outcome.driver) == (HostStatus.CHANGED, driver), outcome
    assert sim.transcript.config_lines() == entered(platform, LINES[platform])
    assert "set by a test" in sim.running_config()
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert sim.transcript.lines()[-2:] == ["exit configuration-mode" if platform == JUNOS else "end", "exit"]


def entered(platform, lines):
    return [*lines, "commit"] if platform == JUNOS else lines


@pytest.mark.parametrize("cell", at_once("configure"), ids="-".join)
def test_a_refused_line_is_named_and_nothing_after_it_is_sent(sim_device, device_row, cell):
    driver, platform, _ = cell
    sim = sim_device(platform=platform)

    outcome = configure(driver, device_row(sim), ["vlan 7", "bogus line", "hostname never"])

    assert (outcome.status, outcome.error) == (HostStatus.FAILED, ErrorCategory.CLI_ERROR), outcome
    assert outcome.changed
    assert "bogus line" in outcome.message
    assert sim.transcript.config_lines() == ["vlan 7", "bogus line"]
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert sim.transcript.lines()[-2:] == ["end", "exit"]


@pytest.mark.parametrize("cell", cells("configure"), ids="-".join)
def test_a_device_that_is_renamed_is_followed(sim_device, device_row, cell):
    driver, platform, _ = cell
    sim = sim_device(platform=platform)

    rename = "set system host-name renamed" if platform == JUNOS else "hostname renamed"

    outcome = configure(driver, device_row(sim), [rename, *LINES[platform]])

    assert outcome.status is HostStatus.CHANGED, outcome
    assert sim.transcript.config_lines() == entered(platform, [rename, *LINES[platform]])
    assert "renamed" in sim.running_config()
    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)


@pytest.mark.parametrize("cell", cells("get_config"), ids="-".join)
def test_text_that_looks_like_a_prompt_is_not_taken_for_one(sim_device, device_row, cell):
    driver, platform, operation = cell
    sim = sim_device("lyon", platform=platform, extra_config=TRAPS[platform])

    outcome = over(driver, device_row(sim), operation)

    assert lines_of(outcome.text) == lines_of(sim.running_config())


@pytest.mark.parametrize("cell", cells("get_config"), ids="-".join)
def test_twenty_thousand_lines_arrive_whole(sim_device, device_row, cell):
    driver, platform, operation = cell
    routes = "\n".join(ROUTES[platform].format(n // 256, n % 256, n % 250 + 1) for n in range(20_000))
    sim = sim_device(platform=platform, extra_config=routes)

    outcome = over(driver, device_row(sim), operation)

    assert outcome.status is HostStatus.OK, outcome.message
    assert lines_of(outcome.text) == lines_of(sim.running_config())
