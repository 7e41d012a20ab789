"""Backups need neither rules nor pages."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from webnet_core.plugins.items import Tab
from webnet_core.plugins.registry import registry


def test_backups_can_be_run() -> None:
    assert set(registry("tasks")) == {"run_commands", "get_config", "get_facts", "backup_config"}


def test_its_tab_waits_for_an_interface_to_show_it() -> None:
    assert [tab.key for tab in registry("ui").of(Tab)] == ["config"]


def test_its_pages_are_not_mounted_without_an_interface() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("webnet:config-snapshot", args=[1])
