"""What webnet-ui itself registers, through the same hooks as everybody."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.plugins.items import Settings
from webnet_core.plugins.markers import hookimpl
from webnet_ui.conf import UISettings


@hookimpl
def webnet_register_settings() -> Iterable[Settings]:
    """The section UI."""
    return [Settings(key="UI", model=UISettings)]
