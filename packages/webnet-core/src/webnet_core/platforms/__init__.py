"""The network operating systems that webnet ships, one module a vendor, as data. Imports no Django.

What webnet knows of a platform without its own data, because a library can reach it, is added by the package that has
the library: its `webnet_register_platforms` builds items with `bare_platform`.
"""

from __future__ import annotations

from dataclasses import replace

from webnet_core.platforms import (
    arista,
    aruba,
    checkpoint,
    ciena,
    cisco,
    dell,
    extreme,
    fortinet,
    hp,
    huawei,
    juniper,
    linux,
    mellanox,
    mikrotik,
    nokia,
    paloalto,
    ruckus,
    ubiquiti,
    vyos,
)
from webnet_core.platforms.lines import GENERIC_SECRETS
from webnet_core.plugins.items import Platform, PlatformExtension

_VENDORS = (
    arista,
    aruba,
    checkpoint,
    ciena,
    cisco,
    dell,
    extreme,
    fortinet,
    hp,
    huawei,
    juniper,
    linux,
    mellanox,
    mikrotik,
    nokia,
    paloalto,
    ruckus,
    ubiquiti,
    vyos,
)
PLATFORMS: tuple[Platform, ...] = tuple(platform for vendor in _VENDORS for platform in vendor.PLATFORMS)


def extend(platform: Platform, extension: PlatformExtension) -> Platform:
    """Return `platform` with the lines and names of `extension` behind its own."""
    return replace(
        platform,
        volatile=(*platform.volatile, *extension.volatile),
        secrets=(*platform.secrets, *extension.secrets),
        errors=(*platform.errors, *extension.errors),
        names={**platform.names, **extension.names},
    )


def bare_platform(driver: str, name: str) -> Platform:
    """Return a platform of which only its name in one library is known: enough to run commands on it.

    Args:
        driver: Key of the library: ``netmiko``.
        name: The library's name for the platform, taken as slug too: ``adtran_os``.
    """
    vendor = name.partition("_")[0].capitalize()
    return Platform(
        slug=name,
        label=name.replace("_", " "),
        vendor=vendor,
        names={driver: name},
        drivers=(driver,),
        secrets=GENERIC_SECRETS,
    )
