"""Check Point Gaia."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

GAIA = Platform(
    slug="checkpoint_gaia",
    label="Check Point Gaia",
    vendor="Check Point",
    names={"netmiko": "checkpoint_gaia", "napalm": "gaia", "ntc_templates": "checkpoint_gaia"},
    drivers=("netmiko", "napalm"),
    config_commands={"running": "show configuration"},
    facts_commands=("show version all", "show asset all"),
    volatile=(r"^# Exported by \S+ on ",),
    secrets=(
        r"\b(?:password-hash|expert-password-hash|auth-pass-phrase-hashed|privacy-pass-phrase-hashed) (?P<secret>\S+)",
        r"\bcommunity (?P<secret>\S+)",
        *GENERIC_SECRETS,
    ),
    errors=(r"^CLINFR0\d+\s+Invalid command", r"^NMS\w+"),
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PLATFORMS = (GAIA,)
