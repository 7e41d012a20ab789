"""Linux hosts, FRR routers behind vtysh, and Cumulus Linux with NVUE."""

from __future__ import annotations

from webnet_core.platforms.lines import CISCO_ERRORS, CISCO_SECRETS, GENERIC_SECRETS
from webnet_core.plugins.items import Platform, Trait

LINUX = Platform(
    slug="linux",
    label="Linux",
    vendor="Linux",
    names={"netmiko": "linux", "ntc_templates": "linux", "netutils": "linux"},
    drivers=("netmiko",),
    facts_commands=("uname -a", "cat /etc/os-release"),
    secrets=(r"^\s*(?:ro|rw)community6? (?P<secret>\S+)", *GENERIC_SECRETS),
    errors=(r"command not found", r"permission denied", r"^Error:"),
)

FRR = Platform(
    slug="frr",
    label="FRRouting",
    vendor="FRRouting",
    names={"netmiko": "cisco_ios", "scrapli": "cisco_iosxe", "hier_config": "CISCO_IOS"},
    drivers=("netmiko", "scrapli"),
    config_commands={"running": "show running-config"},
    facts_commands=("show version",),
    volatile=(r"^Building configuration", r"^Current configuration:"),
    secrets=(*CISCO_SECRETS, *GENERIC_SECRETS),
    errors=CISCO_ERRORS,
    config_end=r"^end\s*$",
    traits=frozenset({Trait.SAVE_SEPARATE}),
)

CUMULUS = Platform(
    slug="cumulus_linux",
    label="Cumulus Linux (NVUE)",
    vendor="NVIDIA",
    names={"netmiko": "cumulus_linux", "scrapli": "cumulus_linux"},
    drivers=("netmiko", "scrapli"),
    config_commands={"running": "nv config show -o commands"},
    facts_commands=("nv show system",),
    secrets=(r"\bhashed-password:? '?(?P<secret>[^\s']+)", *GENERIC_SECRETS),
    errors=(r"^Error:", r"permission denied", r"command not found", r"^Invalid config"),
)

PLATFORMS = (LINUX, FRR, CUMULUS)
