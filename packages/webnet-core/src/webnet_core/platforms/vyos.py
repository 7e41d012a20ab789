"""VyOS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

VYATTA_SECRETS = (
    (
        r"\b(?:plaintext-password|encrypted-password|password|pre-shared-secret|secret|private-key|preshared-key|"
        r"md5-key|key) "
        r"'?(?P<secret>[^\s']+)"
    ),
    r"\bsnmp community '?(?P<secret>[^\s']+)",
    r"\btrap-target \S+ community '?(?P<secret>[^\s']+)",
)
VYATTA_ERRORS = (
    r"^Invalid command",
    r"^Set failed",
    r"^Commit failed",
    r"is not valid",
    r"command not found",
    r"^Failed to generate committed config",
)
VYATTA_VOLATILE = (
    r"^// (?:vyos-config-version|Release version)",
    r"^/\* === vyatta-config-version",
    r"^/\* Release version",
)

VYOS = Platform(
    slug="vyos",
    label="VyOS",
    vendor="VyOS",
    names={
        "netmiko": "vyos",
        "napalm": "vyos",
        "scrapli": "vyos_vyos",
        "ntc_templates": "vyos",
        "hier_config": "VYOS",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show configuration commands"},
    facts_commands=("show version",),
    volatile=VYATTA_VOLATILE,
    secrets=(*VYATTA_SECRETS, *GENERIC_SECRETS),
    errors=VYATTA_ERRORS,
    traits=frozenset({Trait.CANDIDATE, Trait.COMMIT_CONFIRM, Trait.SAVE_SEPARATE}),
)

PLATFORMS = (VYOS,)
