"""Which vendors there are; a folder is imported when its first device is made."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from webnet_sim.vendors.vendor import Vendor

PLATFORMS = ("arista_eos", "cisco_ios", "cisco_nxos", "juniper_junos")
"""Platforms that can be simulated; each is a folder beside this module."""


@cache
def get_vendor(platform: str) -> Vendor:
    """The vendor behind a platform's name.

    Raises:
        ModuleNotFoundError: There is no such platform; topologies are checked before.
    """
    vendor = import_module(f"webnet_sim.vendors.{platform}").VENDOR
    if not isinstance(vendor, Vendor):
        msg = f"webnet_sim.vendors.{platform}.VENDOR is not a Vendor"
        raise TypeError(msg)
    return vendor
