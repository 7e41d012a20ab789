"""Acme OS: devices whose command line takes after Cisco IOS."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.plugin import Platform, Trait, hookimpl

ACME_OS = Platform(
    slug="acme_os",
    label="Acme OS",
    vendor="Acme",
    names={"netmiko": "cisco_ios"},
    drivers=("netmiko",),
    config_commands={"running": "show running-config", "startup": "show startup-config"},
    volatile=(r"^Building configuration", r"^Current configuration : ", r"^! (?:Last|NVRAM) config"),
    secrets=(r"\b(?:secret|password) \d (?P<secret>\S+)", r"^snmp-server community (?P<secret>\S+)"),
    errors=(r"^% ?(?:Invalid input|Incomplete command|Ambiguous command)",),
    config_end=r"^end\s*$",
    traits=frozenset({Trait.ENABLE, Trait.SAVE_SEPARATE}),
)


@hookimpl
def webnet_register_platforms() -> Iterable[Platform]:
    """Acme OS, for devices that are entered with it."""
    return [ACME_OS]
