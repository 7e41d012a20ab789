"""Extreme EXOS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

EXOS = Platform(
    slug="extreme_exos",
    label="Extreme EXOS",
    vendor="Extreme",
    names={"netmiko": "extreme_exos", "napalm": "exos", "ntc_templates": "extreme_exos"},
    drivers=("netmiko", "napalm"),
    config_commands={"running": "show configuration"},
    facts_commands=("show version", "show switch"),
    volatile=(r"^# .*Configuration generated ",),
    secrets=(
        r'\bencrypted "(?P<secret>[^"]+)"',
        r'\bsnmpv3 add community "(?P<secret>[^"]+)"',
        r'\bsnmpv3 add user .*?\bauthentication \S+ (?:auth-encrypted )?(?:localized-key )?"?(?P<secret>[^\s"]+)',
        (
            r"\bsnmpv3 add user .*?\bprivacy (?:(?:des|aes|3des) )?(?:\d+ )?(?:privacy-encrypted )?(?:localized-key )?"
            r'"?(?P<secret>[^\s"]+)'
        ),
        *GENERIC_SECRETS,
    ),
    errors=(r"^%% Invalid input detected", r"^%% Incomplete command", r"^Error:"),
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PLATFORMS = (EXOS,)
