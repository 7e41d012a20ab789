"""Arista EOS."""

from __future__ import annotations

from webnet_core.platforms.lines import CISCO_ERRORS, CISCO_SECRETS, GENERIC_SECRETS, TYPE, WORD
from webnet_core.plugins.items import Platform, Trait

EOS = Platform(
    slug="arista_eos",
    label="Arista EOS",
    vendor="Arista",
    names={
        "netmiko": "arista_eos",
        "napalm": "eos",
        "scrapli": "arista_eos",
        "ntc_templates": "arista_eos",
        "hier_config": "ARISTA_EOS",
        "netutils": "arista_eos",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config", "startup": "show startup-config"},
    facts_commands=("show version", "show hostname"),
    volatile=(
        r"^! Command: ",
        r"^! Time: ",
        r"^! Startup-config last modified at ",
        r"^! device: .*\(.*\)",
    ),
    secrets=(
        rf"^\s*aaa root secret {TYPE}{WORD}",
        rf"^\s*service unsupported-transceiver \S+ {WORD}",
        rf"^\s*key [0-9a-f]+ 7 {WORD}",
        *CISCO_SECRETS,
        *GENERIC_SECRETS,
    ),
    errors=(
        *CISCO_ERRORS,
        r"^% ?Unavailable command",
        r"^% ?Cannot commit",
        r"^% ?Duplicate sequence number",
        r"Maximum number of pending sessions",
    ),
    config_end=r"^end\s*$",
    traits=frozenset(
        {
            Trait.ENABLE,
            Trait.SAVE_SEPARATE,
            Trait.SESSIONS,
            Trait.CANDIDATE,
            Trait.COMMIT_CONFIRM,
            Trait.REPLACE,
            Trait.ORDERED_ACL,
        }
    ),
)

PLATFORMS = (EOS,)
