"""The app of webnet-ui."""

from __future__ import annotations

from webnet_core.apps import WebnetAppConfig


class WebnetUIConfig(WebnetAppConfig):
    """The web interface: shell, components and the pages over core's models."""

    name = "webnet_ui"
    label = "webnet_ui"
    verbose_name = "webnet interface"

    def ready(self) -> None:
        """Register the system checks."""
        from webnet_ui import checks  # noqa: F401, PLC0415 - importing registers them
