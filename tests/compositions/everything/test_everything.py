"""All packages together."""

from __future__ import annotations

from webnet_core.plugins.registry import registry


def test_every_task_is_there():
    assert set(registry("tasks")) == {"run_commands", "get_config", "get_facts", "backup_config"}
