"""Cisco: IOS, IOS-XE, NX-OS, IOS-XR and ASA."""

from __future__ import annotations

from dataclasses import replace

from webnet_core.platforms.lines import CISCO_ERRORS, CISCO_SECRETS, GENERIC_SECRETS, TYPE, WORD
from webnet_core.plugins.items import Platform, Trait

_NEIGHBOURS = ("show lldp neighbors detail", "show cdp neighbors detail")

IOS = Platform(
    slug="cisco_ios",
    label="Cisco IOS",
    vendor="Cisco",
    names={
        "netmiko": "cisco_ios",
        "napalm": "ios",
        "scrapli": "cisco_iosxe",
        "ntc_templates": "cisco_ios",
        "hier_config": "CISCO_IOS",
        "netutils": "cisco_ios",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config", "startup": "show startup-config"},
    facts_commands=("show version", "show inventory"),
    volatile=(
        r"^Building configuration",
        r"^Current configuration ?: \d+ bytes",
        r"^Using \d+ out of \d+ bytes",
        r"^! (?:Last|No) configuration change (?:at|since) ",
        r"^! NVRAM config last updated ",
        r"^ntp clock-period \d+",
    ),
    secrets=(*CISCO_SECRETS, *GENERIC_SECRETS),
    errors=(
        *CISCO_ERRORS,
        r"^%?\s*Rollback aborted",
        r"^%\s*Please turn config archive on",
        r"failed to apply",
    ),
    config_end=r"^end\s*$",
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE, Trait.ORDERED_ACL, Trait.REPLACE}),
)

IOSXE = replace(
    IOS,
    slug="cisco_iosxe",
    label="Cisco IOS-XE",
    names={**IOS.names, "netmiko": "cisco_xe"},
)

NXOS = Platform(
    slug="cisco_nxos",
    label="Cisco NX-OS",
    vendor="Cisco",
    names={
        "netmiko": "cisco_nxos",
        "napalm": "nxos_ssh",
        "scrapli": "cisco_nxos",
        "ntc_templates": "cisco_nxos",
        "hier_config": "CISCO_NXOS",
        "netutils": "cisco_nxos",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config", "startup": "show startup-config"},
    facts_commands=("show version", "show inventory"),
    volatile=(
        r"^!Command: ",
        r"^!Running configuration last done at: ",
        r"^!Time: ",
        r"^!Startup config saved at: ",
        r"^!No configuration change since last restart",
    ),
    secrets=(*CISCO_SECRETS, *GENERIC_SECRETS),
    errors=(
        *CISCO_ERRORS,
        r"^% ?Invalid (?:command|parameter|number|\w+)",
        r"^% ?Permission denied",
        r"^Error:",
        r"^Syntax error",
        r"configuration not allowed",
        r"^Rollback failed",
        r"^Verification failed",
    ),
    traits=frozenset({Trait.SAVE_SEPARATE, Trait.ORDERED_ACL, Trait.REPLACE}),
)

XR = Platform(
    slug="cisco_xr",
    label="Cisco IOS-XR",
    vendor="Cisco",
    names={
        "netmiko": "cisco_xr",
        "napalm": "iosxr_netconf",
        "scrapli": "cisco_iosxr",
        "ntc_templates": "cisco_xr",
        "hier_config": "CISCO_XR",
        "netutils": "cisco_iosxr",
    },
    drivers=("netmiko", "scrapli", "napalm"),
    config_commands={"running": "show running-config"},
    facts_commands=("show version", "show inventory all"),
    volatile=(
        r"^\w{3} \w{3} +\d+ [\d:.]+ \w+",
        r"^Building configuration",
        r"^!! IOS XR Configuration",
        r"^!! Last configuration change at ",
    ),
    secrets=(*CISCO_SECRETS, rf"\bhmac\S* .*?\bpassword {TYPE}{WORD}", *GENERIC_SECRETS),
    errors=(
        *CISCO_ERRORS,
        r"^% ?Failed to commit",
        r"^!! SEMANTIC ERRORS",
        r"^!! SYNTAX/AUTHORIZATION ERRORS",
        r"^% ?This command is not authorized",
        r"show configuration failed",
    ),
    config_end=r"^end\s*$",
    traits=frozenset({Trait.CANDIDATE, Trait.COMMIT_CONFIRM, Trait.REPLACE, Trait.ORDERED_ACL}),
)

ASA = Platform(
    slug="cisco_asa",
    label="Cisco ASA",
    vendor="Cisco",
    names={
        "netmiko": "cisco_asa",
        "scrapli": "cisco_asa",
        "ntc_templates": "cisco_asa",
        "hier_config": "GENERIC",
        "netutils": "cisco_asa",
    },
    drivers=("netmiko", "scrapli"),
    config_commands={"running": "more system:running-config", "startup": "show startup-config"},
    facts_commands=("show version", "show inventory"),
    volatile=(r"^: Saved", r"^: Written by .* at ", r"^Cryptochecksum:"),
    secrets=(
        rf"^\s*passwd {WORD}",
        rf"^\s*enable password {WORD}",
        rf"^\s*username \S+ password {WORD}",
        rf"\b(?:ikev1|ikev2 (?:local|remote)-authentication) pre-shared-key {TYPE}{WORD}",
        rf"\bldap-login-password {WORD}",
        rf"^\s*snmp-server host .*?\bcommunity {TYPE}{WORD}",
        rf"^\s*failover (?:key|ipsec pre-shared-key) {TYPE}{WORD}",
        *CISCO_SECRETS,
        *GENERIC_SECRETS,
    ),
    errors=(r"^ERROR:", r"^Command authorization failed", r"^Removing .* not allowed, it is being used", *CISCO_ERRORS),
    config_end=r"^: end\s*$",
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE, Trait.ORDERED_ACL}),
)

PLATFORMS = (IOS, IOSXE, NXOS, XR, ASA)
