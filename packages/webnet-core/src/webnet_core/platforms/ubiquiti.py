"""Ubiquiti EdgeOS, a relative of VyOS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.platforms.vyos import VYATTA_ERRORS, VYATTA_SECRETS, VYATTA_VOLATILE
from webnet_core.plugins.items import Platform, Trait

EDGEOS = Platform(
    slug="ubiquiti_edgeos",
    label="Ubiquiti EdgeOS",
    vendor="Ubiquiti",
    names={"netmiko": "ubiquiti_edgerouter", "ntc_templates": "ubiquiti_edgerouter"},
    drivers=("netmiko",),
    config_commands={"running": "show configuration commands"},
    facts_commands=("show version",),
    volatile=VYATTA_VOLATILE,
    secrets=(*VYATTA_SECRETS, *GENERIC_SECRETS),
    errors=VYATTA_ERRORS,
    traits=frozenset({Trait.CANDIDATE, Trait.COMMIT_CONFIRM, Trait.SAVE_SEPARATE}),
)

PLATFORMS = (EDGEOS,)
