"""Aruba: AOS-CX switches and ArubaOS controllers."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

AOSCX = Platform(
    slug="aruba_aoscx",
    label="Aruba AOS-CX",
    vendor="Aruba",
    names={
        "netmiko": "aruba_aoscx",
        "napalm": "aoscx",
        "scrapli": "aruba_aoscx",
        "ntc_templates": "aruba_aoscx",
        "hier_config": "ARUBA_AOSCX",
        "netutils": "aruba_aoscx",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config", "startup": "show startup-config"},
    facts_commands=("show version", "show system"),
    volatile=(r"^Current configuration:", r"^!Version ", r"^!export-password:"),
    secrets=(
        r"\b(?:password|key|auth-pass|priv-pass) (?:(?:ciphertext|plaintext) )?(?!\w+text )(?P<secret>\S+)",
        r"^\s*snmp-server community (?P<secret>\S+)",
        *GENERIC_SECRETS,
    ),
    errors=(r"^Invalid input", r"^Incomplete input", r"^Ambiguous input", r"^% ?Command incomplete", r"doesn't exist"),
    traits=frozenset({Trait.SAVE_SEPARATE, Trait.ORDERED_ACL}),
)

CONTROLLER = Platform(
    slug="aruba_os",
    label="ArubaOS controller",
    vendor="Aruba",
    names={"netmiko": "aruba_os", "ntc_templates": "aruba_os", "netutils": "aruba_os"},
    drivers=("netmiko",),
    config_commands={"running": "show running-config"},
    facts_commands=("show version", "show inventory"),
    volatile=(r"^Building Configuration", r"^controller config \d+$"),
    secrets=(
        r"^\s*mgmt-user \S+ \S+ (?P<secret>\S+)",
        (
            r"\b(?:enable secret|ipsec|key|wpa-passphrase|vrrp-passphrase|ap-console-password|bkup-passwords|"
            r'virtual-controller-key|PRE-SHARE|community|sha|des) "?(?P<secret>[^\s"]+)'
        ),
        *GENERIC_SECRETS,
    ),
    errors=(r"^% ?Invalid input", r"^% ?Parse error", r"^Invalid input detected"),
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE}),
)

PLATFORMS = (AOSCX, CONTROLLER)
