"""Palo Alto PAN-OS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

PANOS = Platform(
    slug="paloalto_panos",
    label="Palo Alto PAN-OS",
    vendor="Palo Alto",
    names={
        "netmiko": "paloalto_panos",
        "napalm": "panos",
        "scrapli": "paloalto_panos",
        "ntc_templates": "paloalto_panos",
        "netutils": "paloalto_panos",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show config running"},
    facts_commands=("show system info",),
    secrets=(
        (
            r"<(?:phash|password|secret|key|snmp-community-string|community|private-key|bind-password|authpwd|privpwd)>"
            r"(?P<secret>[^<]+)<"
        ),
        (
            r"\b(?:phash|snmp-community-string|community|private-key|bind-password|authpwd|privpwd|key) "
            r'"?(?P<secret>[^\s";]+)'
        ),
        r"(?P<secret>-AQ==\S+?)(?=[<\";\s]|$)",
        *GENERIC_SECRETS,
    ),
    errors=(r"^Unknown command:", r"^Invalid syntax", r"^Server error", r"^Validation Error"),
    traits=frozenset({Trait.CANDIDATE}),
)

PLATFORMS = (PANOS,)
