"""Fortinet FortiOS."""

from __future__ import annotations

from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform

FORTIOS = Platform(
    slug="fortinet",
    label="Fortinet FortiOS",
    vendor="Fortinet",
    names={
        "netmiko": "fortinet",
        "napalm": "fortios",
        "scrapli": "fortinet_fortios",
        "ntc_templates": "fortinet",
        "hier_config": "FORTINET_FORTIOS",
        "netutils": "fortinet_fortios",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show"},
    facts_commands=("get system status",),
    # A value after ENC is encrypted anew at each display, so such a line says nothing about a change.
    volatile=(
        r"^#config-version=",
        r"^#conf_file_ver=",
        r"^#buildno=",
        r"^#global_vdom=",
        r"^#private-encryption-key=",
        r"^\s*set \S+ ENC \S+",
    ),
    secrets=(
        r"^#private-encryption-key=(?P<secret>\S+)",
        r"^\s*set \S+ ENC (?P<secret>\S+)",
        r'^\s*set (?:passwd|password|psksecret|secret|key|passphrase|auth-pwd|priv-pwd) (?!ENC )"?(?P<secret>[^\s"]+)',
        r'^\s*set md5-key \d+ "?(?P<secret>[^\s"]+)',
        *GENERIC_SECRETS,
    ),
    errors=(
        r"^command parse error before",
        r"^value parse error before",
        r"^Command fail\. Return code",
        r"^Unknown action",
        r"node_check_object fail",
        r"entry not found in datasource",
    ),
)

PLATFORMS = (FORTIOS,)
