"""Mellanox and NVIDIA MLNX-OS alias Onyx."""

from __future__ import annotations

from webnet_core.platforms.lines import CISCO_ERRORS, CISCO_SECRETS, GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

MLNXOS = Platform(
    slug="mellanox_mlnxos",
    label="MLNX-OS",
    vendor="NVIDIA",
    names={"netmiko": "mellanox_mlnxos", "netutils": "nvidia_onyx"},
    drivers=("netmiko",),
    config_commands={"running": "show running-config"},
    facts_commands=("show version", "show inventory"),
    volatile=(r"Generated at \d",),
    secrets=(r'\bkey "(?P<secret>[^"]+)"', *CISCO_SECRETS, *GENERIC_SECRETS),
    errors=(r"^% ?Unrecognized command", *CISCO_ERRORS),
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE}),
)

PLATFORMS = (MLNXOS,)
