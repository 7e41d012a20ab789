"""Ruckus FastIron."""

from __future__ import annotations

from webnet_core.platforms.lines import CISCO_SECRETS, GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

FASTIRON = Platform(
    slug="ruckus_fastiron",
    label="Ruckus FastIron",
    vendor="Ruckus",
    names={
        "netmiko": "ruckus_fastiron",
        "napalm": "ruckus_fastiron",
        "scrapli": "ruckus_fastiron",
        "ntc_templates": "ruckus_fastiron",
        "hier_config": "RUCKUS_FASTIRON",
        "netutils": "ruckus_fastiron",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config", "startup": "show configuration"},
    facts_commands=("show version", "show media"),
    volatile=(r"^Current configuration:", r"^ver "),
    secrets=(*CISCO_SECRETS, *GENERIC_SECRETS),
    errors=(r"^Invalid input ->", r"^Ambiguous input ->", r"^Incomplete command", r"^Error -"),
    config_end=r"^end\s*$",
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE, Trait.ORDERED_ACL}),
)

PLATFORMS = (FASTIRON,)
