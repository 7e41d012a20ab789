"""The network operating systems that webnet ships, one module a vendor, as data. Imports no Django."""

from __future__ import annotations

from dataclasses import replace

from webnet_core.plugins.items import Platform, PlatformExtension

PLATFORMS: tuple[Platform, ...] = ()


def extend(platform: Platform, extension: PlatformExtension) -> Platform:
    """Return `platform` with the lines and names of `extension` behind its own."""
    return replace(
        platform,
        volatile=(*platform.volatile, *extension.volatile),
        secrets=(*platform.secrets, *extension.secrets),
        errors=(*platform.errors, *extension.errors),
        names={**platform.names, **extension.names},
    )
