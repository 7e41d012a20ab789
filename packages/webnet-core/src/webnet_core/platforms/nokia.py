"""Nokia SR OS (classic CLI)."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

SROS = Platform(
    slug="nokia_sros",
    label="Nokia SR OS",
    vendor="Nokia",
    names={
        "netmiko": "nokia_sros",
        "napalm": "sros",
        "scrapli": "nokia_sros",
        "ntc_templates": "alcatel_sros",
        "netutils": "nokia_sros",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={
        "running": "admin display-config",
        "md": "admin show configuration configure full-context",
    },
    facts_commands=("show version", "show system information", "show chassis"),
    volatile=(r"^# Generated ", r"^# Finished "),
    secrets=(
        r'\b(?:password|authentication-key|secret|access-community|pre-shared-key) "(?P<secret>[^"]+)"',
        r'\bmessage-digest-key .*?\bmd5 "(?P<secret>[^"]+)"',
        r'\bcommunity "(?P<secret>[^"]+)"',
        *GENERIC_SECRETS,
    ),
    errors=(r"^(?:MINOR|MAJOR|CRITICAL):", r"^Error:", r"^Bad Command:"),
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PLATFORMS = (SROS,)
