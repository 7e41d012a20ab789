"""Compliance needs no stored configurations to be installed."""

from __future__ import annotations

from django.apps import apps

from webnet_core.plugins.registry import registry


def test_compliance_is_there_and_backups_are_not() -> None:
    assert apps.is_installed("webnet_compliance")
    assert "backup_config" not in registry("tasks")
