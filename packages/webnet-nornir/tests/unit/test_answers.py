"""What devices answer: refusals, ends of configurations, facts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.fakes import PLATFORM
from webnet_core.platforms import PLATFORMS
from webnet_core.platforms.cisco import IOS
from webnet_nornir.facts import can_parse, parse_facts
from webnet_nornir.markers import first_lines, is_complete, refusal, refusal_anywhere
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


def test_facts_of_nxos_take_the_serial_number_of_the_chassis():
    text = (
        "Software\n  BIOS: version 07.69\n  NXOS: version 10.2(3) [Feature Release]\n\nHardware\n"
        '  cisco Nexus9000 C9504 (4 Slot) Chassis ("Supervisor Module")\n  Processor Board ID SAL1911B8ZZ\n\n'
        "  Device name: spine1\nKernel uptime is 2 day(s), 4 hour(s), 1 minute(s), 9 second(s)\n"
        'NAME: "Chassis",  DESCR: "Nexus9000 C9504 (4 Slot) Chassis"\r\n'
        "PID: N9K-C9504           ,  VID: V01 ,  SN: FOX1813GABC\r\n"
    )

    assert parse_facts(BY_SLUG["cisco_nxos"], text) == Facts(
        model="Nexus9000 C9504 (4 Slot) Chassis",
        os_version="10.2(3)",
        serial="FOX1813GABC",
        hostname="spine1",
        uptime="2 day(s), 4 hour(s), 1 minute(s), 9 second(s)",
    )


@pytest.mark.parametrize("version", ["Junos: 12.3R12.4", "JUNOS Base OS boot [12.3R12.4]"])
def test_facts_of_junos_know_how_its_version_was_written_before(version):
    text = (
        f"fpc0:\n{'-' * 74}\nHostname: edge1\nModel: ex4200-24t\n{version}\nJUNOS Base OS Software Suite [12.3R12.4]\n"
        "Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"
        "Chassis                                BM0208269834      Virtual Chassis\n"
        "Routing Engine 0 REV 11   750-021256   BM0208269834      EX4200-24T, 8 POE\n"
        "System booted: 2026-08-07 06:26:32 UTC (15w1d 18:09 ago)\n"
    )

    assert parse_facts(BY_SLUG["juniper_junos"], text) == Facts(
        model="ex4200-24t", os_version="12.3R12.4", serial="BM0208269834", hostname="edge1", uptime="15w1d 18:09"
    )


def test_a_platform_whose_wording_is_unknown_is_not_parsed():
    assert not can_parse(BY_SLUG["mikrotik_routeros"])


@given(
    st.lists(st.sampled_from(["", "a", " b", "\t", "x" * 700, "c" * 5000, "end"]), max_size=12),
    st.sampled_from(["\n", "\r\n", "\x0b", "\u2028"]),
    st.integers(1, 6),
)
def test_the_ends_of_a_text_are_the_same_as_if_all_of_it_were_split(lines, separator, count):
    text = separator.join(lines)
    whole = [line for line in text.splitlines() if line.strip()]
    assert first_lines(text, count) == whole[:count]
    assert is_complete(IOS, text) is bool(whole and re.search(r"^end\s*$", whole[-1]))
