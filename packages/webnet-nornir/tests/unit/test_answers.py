"""What devices answer: refusals, ends of configurations, facts."""

from __future__ import annotations

import pytest

from tests.unit.fakes import PLATFORM
from webnet_core.platforms import PLATFORMS
from webnet_nornir.facts import can_parse, parse_facts
from webnet_nornir.markers import is_complete, refusal, refusal_anywhere
from webnet_nornir.operations import Facts

BY_SLUG = {platform.slug: platform for platform in PLATFORMS}


def test_a_refusal_is_found_in_the_first_lines():
    assert refusal(PLATFORM, "          ^\n% Invalid input detected at '^' marker.\n").startswith("% Invalid")


def test_a_log_that_quotes_a_refusal_is_data():
    log = "\n".join([f"line {number}" for number in range(10)] + ["% Invalid input detected"])

    assert refusal(PLATFORM, log) == ""
    assert refusal_anywhere(PLATFORM, log) == "% Invalid input detected"


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("hostname r1\nend\n", True),
        ("hostname r1\nend\n\n", True),
        ("hostname r1\ninterface Gi0/0", False),
        ("", False),
    ],
)
def test_a_configuration_is_complete_when_its_last_line_says_so(text, complete):
    assert is_complete(PLATFORM, text) is complete


def test_facts_of_ios():
    text = (
        "Cisco IOS Software, IOSv Software (VIOS-ADVENTERPRISEK9-M), Version 15.9(3)M6, RELEASE SOFTWARE (fc1)\n"
        "lyon-core1 uptime is 3 weeks, 2 days\n"
        "Cisco IOSv (revision 1.0) with 984313K/62464K bytes of memory.\n"
        "Processor board ID 9SIM1234567\n"
    )

    assert parse_facts(BY_SLUG["cisco_ios"], text) == Facts(
        model="IOSv", os_version="15.9(3)M6", serial="9SIM1234567", hostname="lyon-core1", uptime="3 weeks, 2 days"
    )


def test_facts_of_eos_take_the_name_from_the_prompt():
    text = (
        "Arista vEOS-lab\nHardware version: \nSerial number: SIM7654321\nSystem MAC address: 0050.0000.0001\n\n"
        "Software image version: 4.32.1F\n\nUptime: 2 weeks, 1 day\n"
    )

    assert parse_facts(BY_SLUG["arista_eos"], text, hostname="leaf1") == Facts(
        model="vEOS-lab", os_version="4.32.1F", serial="SIM7654321", hostname="leaf1", uptime="2 weeks, 1 day"
    )


def test_a_platform_whose_wording_is_unknown_is_not_parsed():
    assert not can_parse(BY_SLUG["mikrotik_routeros"])
