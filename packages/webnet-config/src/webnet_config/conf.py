"""Section CONFIG of the `WEBNET` setting."""

from __future__ import annotations

from pydantic import Field

from webnet_core.conf import settings
from webnet_core.plugins.items import SettingsSection


class ConfigSettings(SettingsSection):
    """How configurations are kept."""

    MASK_SECONDS: float = Field(
        5.0, gt=0, description="Longest time spent on masking one configuration; what is left then is withheld whole."
    )
    WHOLE_EVERY: int = Field(
        50, ge=1, description="Every n-th content of a device is stored whole, those between as differences to it."
    )


def config_settings() -> ConfigSettings:
    """Return the CONFIG section as it stands now."""
    return settings.section("CONFIG", ConfigSettings)
