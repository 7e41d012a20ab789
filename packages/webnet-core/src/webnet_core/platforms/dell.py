"""Dell OS10."""

from __future__ import annotations

from webnet_core.platforms.lines import CISCO_ERRORS, CISCO_SECRETS, GENERIC_SECRETS, WORD
from webnet_core.plugins.items import Platform, Trait

OS10 = Platform(
    slug="dell_os10",
    label="Dell OS10",
    vendor="Dell",
    names={"netmiko": "dell_os10", "napalm": "dellos10"},
    drivers=("netmiko", "napalm"),
    config_commands={"running": "show running-configuration", "startup": "show startup-configuration"},
    facts_commands=("show version", "show inventory"),
    volatile=(r"^! Version ", r"^! Last configuration change at "),
    secrets=(rf"^\s*system-user linuxadmin password {WORD}", *CISCO_SECRETS, *GENERIC_SECRETS),
    errors=(r"^% ?Unrecognized command", *CISCO_ERRORS),
    traits=frozenset({Trait.SAVE_SEPARATE, Trait.ORDERED_ACL}),
)

PLATFORMS = (OS10,)
