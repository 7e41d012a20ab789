"""Reading tasks over real SSH: what comes back, and what the device saw."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import ClassVar

import pytest

from webnet_core.plugins.items import HostStatus
from webnet_nornir.manager import NornirManager
from webnet_sim.faults import OutputFault, Slow

PLATFORMS = ["cisco_ios", "arista_eos"]


def run(device, task="run_commands", options=None, **params):
    return NornirManager(options).execute_task(task, [device], **params)[device.pk]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_commands_come_back_by_name_in_one_login(sim_device, device_row, platform):
    sim = sim_device(platform=platform)

    outcome = run(device_row(sim), commands=["show version", "show lldp neighbors"])

    assert outcome.status is HostStatus.OK, outcome
    assert list(outcome.data) == ["show version", "show lldp neighbors"]
    assert "ersion" in outcome.data["show version"]
    assert outcome.driver == "netmiko"
    assert [attempt.error for attempt in outcome.attempts] == [None]
    assert len(sim.transcript.authenticated_sessions()) == 1
    assert sim.transcript.config_lines() == []


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("enable", ["", "raise-me"])
def test_a_configuration_is_what_the_device_holds(sim_device, device_row, platform, enable):
    sim = sim_device(platform=platform, enable=enable)

    outcome = run(device_row(sim), "get_config")

    assert outcome.status is HostStatus.OK, outcome
    assert outcome.text.strip().splitlines() == sim.running_config().strip().splitlines()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_facts_are_the_devices(sim_device, device_row, platform):
    sim = sim_device(platform=platform, serial="SIM0042XYZ")

    outcome = run(device_row(sim), "get_facts")

    assert outcome.status is HostStatus.OK, outcome
    assert outcome.data["serial"] == "SIM0042XYZ"
    assert outcome.data["hostname"] == sim.name
    assert outcome.data["os_version"] in sim.console("show version")
    assert outcome.data["model"] in sim.console("show version")


def test_twenty_thousand_lines_arrive_whole(sim_device, device_row):
    lines = "\n".join(f"ip route 10.{n // 256}.{n % 256}.0 255.255.255.0 10.0.0.{n % 250 + 1}" for n in range(20_000))
    sim = sim_device(extra_config=lines)

    outcome = run(device_row(sim), "get_config", {"deadline": 240})

    assert outcome.status is HostStatus.OK, outcome.message
    assert outcome.text.strip().splitlines() == sim.running_config().strip().splitlines()


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitsCharacters(OutputFault):
    """Between the bytes of a character the device pauses, as where a packet ends there."""

    name: ClassVar[str] = "splits_characters"

    async def deliver(self, wire, output):
        for part in re.split(rb"(?<=[\xc0-\xff])", output):
            wire.send(part)
            await asyncio.sleep(0.05)


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeaksLatin(OutputFault):
    """The device's texts are ISO 8859-1."""

    name: ClassVar[str] = "speaks_latin"

    async def deliver(self, wire, output):
        wire.send(output.decode().encode("iso-8859-1"))


@pytest.mark.parametrize("fault", [SplitsCharacters, SpeaksLatin])
@pytest.mark.parametrize("driver", ["netmiko", "napalm", "scrapli"])
def test_characters_beyond_ascii_arrive_whole(sim_device, device_row, fault, driver):
    text = "interface GigabitEthernet0/1\n description Zürich ÷ Genève"
    sim = sim_device(extra_config=text, faults=[fault(command="show running-config")])

    outcome = run(device_row(sim), "get_config", {"driver": driver})

    assert outcome.status is HostStatus.OK, outcome.message
    assert outcome.driver == driver
    assert " description Zürich ÷ Genève" in outcome.text.splitlines()


def test_a_configuration_that_names_the_host_in_its_text_is_not_cut_there(sim_device, device_row):
    named = "interface GigabitEthernet0/1\n description lyon#\ninterface GigabitEthernet0/2\n description to lyon>"
    sim = sim_device("lyon", extra_config=named)

    outcome = run(device_row(sim), "get_config")

    assert outcome.text.strip().splitlines() == sim.running_config().strip().splitlines()


def test_a_slow_device_is_waited_for(sim_device, device_row):
    sim = sim_device(faults=[Slow(seconds=1.5, command="show version")])

    assert run(device_row(sim), commands=["show version"]).status is HostStatus.OK


def test_nothing_is_left_open_after_a_run(sim_device, device_row):
    sim = sim_device()

    run(device_row(sim), commands=["show version"])

    assert sim.transcript.wait_until(lambda transcript: transcript.open_sessions == 0)
    assert NornirManager().close_connections() == 0
