"""The app of webnet-compliance."""

from __future__ import annotations

from webnet_core.apps import WebnetAppConfig


class WebnetComplianceConfig(WebnetAppConfig):
    """Rules over configurations."""

    name = "webnet_compliance"
    label = "webnet_compliance"
    verbose_name = "webnet: compliance"
