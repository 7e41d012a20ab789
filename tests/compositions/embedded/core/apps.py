"""The app, which starts the harbour's Celery as Celery's manual says."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The harbour."""

    name = "tests.compositions.embedded.core"
    label = "core"

    def ready(self) -> None:
        """Make the harbour's Celery application the process's own."""
        from tests.compositions.embedded import celery  # noqa: F401 - importing makes it so
