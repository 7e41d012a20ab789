"""The app, found by webnet because it has a `webnet_plugin` module."""

from __future__ import annotations

from django.apps import AppConfig


class TestappConfig(AppConfig):
    """Brings a talkative task and one that changes devices."""

    name = "tests.e2e.testapp"
    label = "testapp"
