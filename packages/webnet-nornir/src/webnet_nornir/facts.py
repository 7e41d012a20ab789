"""Reads model, version and serial out of what a platform answers to its facts commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from webnet_core.plugins.items import Platform
from webnet_nornir.candidates import CANDIDATES, collects
from webnet_nornir.operations import Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class FactPatterns:
    """One regular expression per fact, each with one group, searched line by line."""

    model: str
    os_version: str
    serial: str
    hostname: str = ""
    uptime: str = ""


PATTERNS: Final[Mapping[str, FactPatterns]] = {
    "cisco_ios": FactPatterns(
        model=r"^[Cc]isco (\S+) \(.*(?:with|processor)",
        os_version=r"^Cisco IOS.*, Version ([^,\s]+)",
        serial=r"^Processor board ID (\S+)",
        hostname=r"^(\S+) uptime is ",
        uptime=r"^\S+ uptime is (.+?)\s*$",
    ),
    "arista_eos": FactPatterns(
        model=r"^Arista (\S+)",
        os_version=r"^Software image version:\s*(\S+)",
        serial=r"^Serial number:\s*(\S+)",
        hostname=r"^Hostname:\s*(\S+)",
        uptime=r"^Uptime:\s*(.+?)\s*$",
    ),
    "cisco_nxos": FactPatterns(
        model=r"^\s*cisco (.* [Cc]hassis)",
        os_version=r"^\s*(?:NXOS|system):\s+version (\S+)",
        # The processor board's number is a supervisor's own where a chassis holds two.
        serial=r'^NAME: +"Chassis".*\n\s*PID:.*\bSN: *(\S+)',
        hostname=r"^\s*Device name: *(\S+)",
        uptime=r"^Kernel uptime is (.+?)\s*$",
    ),
    "juniper_junos": FactPatterns(
        model=r"^Model: (\S+)",
        # Before 15.1 Junos names its version only in brackets behind each part.
        os_version=r"^(?:Junos: |JUNOS [^\n\[]*\[)([^\]\s]+)",
        serial=r"^Chassis +(?:REV \S+ +)?(\S+) +\S",
        hostname=r"^Hostname: (\S+)",
        uptime=r"^System booted: .*\((.+?) ago\)",
    ),
}
PATTERNS_OF: Final[Mapping[str, str]] = {"cisco_iosxe": "cisco_ios", "cisco_xe": "cisco_ios"}


def can_parse(platform: Platform) -> bool:
    """Tell whether facts of this platform's devices can be read."""
    return bool(platform.facts_commands) and _patterns(platform) is not None


def command_line_obstacle(platform: Platform, operation: str) -> str:
    """Return why an operation cannot be done over a platform's command line as its data stand; empty where it can."""
    if operation == "get_config" and not platform.config_commands:
        return "the platform's data name no command that shows its configuration"
    if operation == "get_facts" and not can_parse(platform):
        return "nothing here reads what it tells of itself yet"
    if operation == "configure" and collects(platform) and platform.slug not in CANDIDATES:
        return "lines wait there for a commit, which nothing here does yet"
    if operation not in ("run_commands", "get_config", "get_facts", "configure"):
        return "there is no such operation over a command line"
    return ""


def parse_facts(platform: Platform, text: str, *, hostname: str = "") -> Facts:
    """Read the facts out of the answers to `Platform.facts_commands`, joined.

    Args:
        platform: Whose wording to expect.
        text: What the device printed.
        hostname: Name in the device's prompt, used where the text names none.
    """
    patterns = _patterns(platform) or FactPatterns(model="", os_version="", serial="")
    return Facts(
        model=_find(patterns.model, text),
        os_version=_find(patterns.os_version, text),
        serial=_find(patterns.serial, text),
        hostname=_find(patterns.hostname, text) or hostname,
        uptime=_find(patterns.uptime, text),
    )


def _patterns(platform: Platform) -> FactPatterns | None:
    return PATTERNS.get(PATTERNS_OF.get(platform.slug, platform.slug))


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE) if pattern else None
    return found.group(1) if found else ""
