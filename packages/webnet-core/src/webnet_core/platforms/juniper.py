"""Juniper Junos."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

_VALUE = r'"?(?P<secret>[^\s";]+)'

JUNOS = Platform(
    slug="juniper_junos",
    label="Juniper Junos",
    vendor="Juniper",
    names={
        "netmiko": "juniper_junos",
        "napalm": "junos",
        "scrapli": "juniper_junos",
        "ntc_templates": "juniper_junos",
        "hier_config": "JUNIPER_JUNOS",
        "netutils": "juniper_junos",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show configuration", "set": "show configuration | display set"},
    facts_commands=("show version", "show chassis hardware", "show system uptime"),
    volatile=(
        r"^## Last (?:commit|changed): ",
        r"^# commit confirmed will be rolled back",
        r"^\{(?:master|backup|primary).*\}$",
        r"^\[edit.*\]$",
    ),
    secrets=(
        r'(?P<secret>"[^"]*"|(?<!\S)\S+);?\s*## SECRET-DATA',
        r'"(?P<secret>\$(?:1|5|6|8|9)\$[^"]+)"',
        (
            r"(?:^|\s)(?:encrypted-password|secret|authentication-key|authentication-password|privacy-password|privacy-key|"
            rf"simple-password|password) {_VALUE}"
        ),
        rf"(?:^|\s)pre-shared-key (?:ascii-text|hexadecimal) {_VALUE}",
        rf"(?:^|\s)md5 \d+ key {_VALUE}",
        r'(?:^|\s)snmp community "?(?P<secret>[^\s";]+)',
        r'^\s*community "?(?P<secret>[^\s";]+)"? \{',
        r'(?:^|\s)trap-group "?(?P<secret>[^\s";]+)',
        *GENERIC_SECRETS,
    ),
    errors=(
        r"^error:",
        r"^syntax error",
        r"^unknown command",
        r"^missing (?:mandatory )?argument",
        r"is ambiguous",
        r"^No valid completions",
        r"^invalid ",
        r"permission denied",
        r"configuration check-out failed",
        r"commit failed",
    ),
    # What is indented is inside a block that is still open.
    config_end=r"^(?:\}|\S.*;)(?:\s*##.*)?\s*$",
    traits=frozenset({Trait.CANDIDATE, Trait.COMMIT_CONFIRM, Trait.REPLACE}),
)

PLATFORMS = (JUNOS,)
