"""MikroTik RouterOS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform

ROUTEROS = Platform(
    slug="mikrotik_routeros",
    label="MikroTik RouterOS",
    vendor="MikroTik",
    names={
        "netmiko": "mikrotik_routeros",
        "napalm": "ros",
        "scrapli": "mikrotik_routeros",
        "ntc_templates": "mikrotik_routeros",
        "netutils": "mikrotik_routeros",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "/export"},
    facts_commands=("/system resource print", "/system routerboard print"),
    volatile=(
        r"^# (?:\w{3}/\d\d/\d{4}|\d{4}-\d\d-\d\d) .* by RouterOS",
        r"^# inactive time",
        r"^# \S+ not ready",
        r"^# received packet from .* bad format",
        r"^# poe-out status: ",
        r"^# Firmware upgraded successfully",
        r"^# .* please restart the device",
    ),
    secrets=(
        (
            r"\b(?:password|secret|wpa-pre-shared-key|wpa2-pre-shared-key|passphrase|authentication-password|"
            r"encryption-password|ipsec-secret|private-key|preshared-key|tcp-md5-key|auth-key)="
            r'"?(?P<secret>[^\s"]+)'
        ),
        r'^/snmp community .*?\bname="?(?P<secret>[^\s"]+)',
        *GENERIC_SECRETS,
    ),
    errors=(
        r"^bad command name",
        r"^syntax error",
        r"^expected end of command",
        r"^input does not match any value of",
        r"^no such item",
        r"^failure:",
        r"^value of .* out of range",
    ),
)

PLATFORMS = (ROUTEROS,)
