"""The app of webnet-ui."""

from __future__ import annotations

from webnet_core.apps import WebnetAppConfig


class WebnetUIConfig(WebnetAppConfig):
    """The web interface: shell, components and the pages over core's models."""

    name = "webnet_ui"
    label = "webnet_ui"
    verbose_name = "webnet interface"
