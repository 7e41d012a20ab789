"""Ciena SAOS 6 and 8."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

SAOS = Platform(
    slug="ciena_saos",
    label="Ciena SAOS",
    vendor="Ciena",
    names={"netmiko": "ciena_saos", "napalm": "ciena_saos", "ntc_templates": "ciena_saos", "netutils": "ciena_saos"},
    drivers=("netmiko", "napalm"),
    config_commands={"running": "configuration show"},
    facts_commands=("software show", "chassis show device-id"),
    volatile=(r"^! Created: ", r"^! On terminal: ", r"^Waiting for (?:accounting|authorization)"),
    secrets=(r"\bencrypted (?P<secret>\S+)", *GENERIC_SECRETS),
    errors=(r"^SHELL PARSER FAILURE", r"^SYNTAX ERROR"),
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PLATFORMS = (SAOS,)
