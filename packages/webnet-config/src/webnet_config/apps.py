"""The app of webnet-config."""

from __future__ import annotations

from webnet_core.apps import WebnetAppConfig


class WebnetConfigConfig(WebnetAppConfig):
    """Keeps what devices are configured with, over time."""

    name = "webnet_config"
    label = "webnet_config"
    verbose_name = "webnet: configurations"
