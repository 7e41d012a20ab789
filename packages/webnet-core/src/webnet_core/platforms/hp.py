"""HPE: Comware (also H3C), and ProCurve alias Aruba AOS-S."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

COMWARE = Platform(
    slug="hp_comware",
    label="HPE Comware",
    vendor="HPE",
    names={
        "netmiko": "hp_comware",
        "napalm": "h3c_comware",
        "scrapli": "hp_comware",
        "ntc_templates": "hp_comware",
        "hier_config": "HP_COMWARE5",
        "netutils": "hp_comware",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "display current-configuration", "startup": "display saved-configuration"},
    facts_commands=("display version", "display device manuinfo"),
    secrets=(
        r"\b(?:password|key|super password)(?: (?:authentication|accounting))? (?:hash|cipher|simple) (?P<secret>\S+)",
        r"\bsnmp-agent community (?:read|write) (?:(?:simple|cipher) )?(?!simple |cipher )(?P<secret>\S+)",
        r"\bauthentication-mode \S+ (?P<secret>\S+)(?= privacy-mode|\s*$)",
        r"\bprivacy-mode \S+ (?P<secret>\S+)",
        *GENERIC_SECRETS,
    ),
    errors=(
        r"^(?:% ?)?Unrecognized command",
        r"^(?:% ?)?Incomplete command",
        r"^(?:% ?)?Wrong parameter",
        r"^(?:% ?)?Too many parameters",
        r"^(?:% ?)?Ambiguous command",
        r"^Error:",
    ),
    config_end=r"^return\s*$",
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

PROCURVE = Platform(
    slug="hp_procurve",
    label="HPE ProCurve / Aruba AOS-S",
    vendor="HPE",
    names={
        "netmiko": "hp_procurve",
        "napalm": "procurve",
        "ntc_templates": "hp_procurve",
        "hier_config": "HP_PROCURVE",
        "netutils": "aruba_osswitch",
    },
    drivers=("netmiko", "napalm"),
    config_commands={"running": "show running-config", "startup": "show config"},
    facts_commands=("show version", "show system"),
    volatile=(r"^; .*Configuration Editor; Created on release", r"^; Ver #"),
    secrets=(
        r'^\s*password (?:manager|operator)(?: user-name \S+)? (?:plaintext|sha1|sha256) "?(?P<secret>[^\s"]+)',
        r'\bsnmp-server (?:host \S+ )?community "(?P<secret>[^"]+)"',
        r'\b(?:radius|tacacs)-server .*?\b(?:key|encrypted-key) "?(?P<secret>[^\s"]+)',
        r'\bkey-string "?(?P<secret>[^\s"]+)',
        *GENERIC_SECRETS,
    ),
    errors=(r"^Invalid input", r"^Incomplete input", r"^Ambiguous input"),
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE}),
)

PLATFORMS = (COMWARE, PROCURVE)
