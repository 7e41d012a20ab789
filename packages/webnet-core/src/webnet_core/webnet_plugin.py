"""What webnet-core itself registers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.platforms import PLATFORMS
from webnet_core.plugins.items import Platform
from webnet_core.plugins.markers import hookimpl


@hookimpl
def webnet_register_platforms() -> Iterable[Platform]:
    """The platforms that webnet ships."""
    return PLATFORMS
