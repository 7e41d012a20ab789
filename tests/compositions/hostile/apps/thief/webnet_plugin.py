"""Takes a key of webnet's own."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.platforms import PLATFORMS
from webnet_core.plugin import Platform, hookimpl


@hookimpl
def webnet_register_platforms() -> Iterable[Platform]:
    """A platform of webnet's again."""
    return PLATFORMS[:1]
