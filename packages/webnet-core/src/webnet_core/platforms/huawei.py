"""Huawei VRP."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

VRP = Platform(
    slug="huawei_vrp",
    label="Huawei VRP",
    vendor="Huawei",
    names={
        "netmiko": "huawei_vrp",
        "napalm": "huawei_vrp",
        "scrapli": "huawei_vrp",
        "ntc_templates": "huawei_vrp",
        "hier_config": "HUAWEI_VRP",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "display current-configuration", "startup": "display saved-configuration"},
    facts_commands=("display version", "display device"),
    volatile=(
        r"^!Last configuration was (?:updated|saved) at ",
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    ),
    secrets=(
        r"(?P<secret>%\^%#.*?%\^%#|%@%@.*?%@%@|@%@%.*?@%@%|\$1[a-z]\$[^$]*\$[^$]*\$)",
        r"\b(?:irreversible-cipher|cipher|simple) (?P<secret>\S+)",
        r"\bsnmp-agent community (?:read|write) (?:cipher )?(?!cipher )(?P<secret>\S+)",
        r"\b(?:pin verify|shared-key) (?:cipher )?(?!cipher )(?P<secret>\S+)",
        *GENERIC_SECRETS,
    ),
    errors=(
        r"^Error(?:\[\d+\])?:",
        r"^(?:Error: ?)?Unrecognized command",
        r"^(?:Error: ?)?Incomplete command",
        r"^(?:Error: ?)?Wrong parameter",
        r"^(?:Error: ?)?Too many parameters",
        r"^(?:Error: ?)?Ambiguous command",
    ),
    config_end=r"^return\s*$",
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PLATFORMS = (VRP,)
