"""The right one of two."""

from __future__ import annotations

from collections.abc import Iterable

from webnet_core.plugin import Platform, hookimpl


@hookimpl
def webnet_register_platforms() -> Iterable[Platform]:
    """The contested platform."""
    return [Platform(slug="contested", vendor="right", label="Contested", names={}, drivers=())]
