"""Means `webnet_register_tasks`."""

from __future__ import annotations

from webnet_core.plugin import hookimpl


@hookimpl
def webnet_register_task() -> list[object]:
    """Nobody ever asks."""
    return []
