"""Section UI of the `WEBNET` setting."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from webnet_core.conf import settings
from webnet_core.plugins.items import SettingsSection


class UISettings(SettingsSection):
    """How the interface looks and where it stands."""

    MODE: Literal["standalone", "embedded"] = Field(
        "standalone", description="Own page with sidebar and top bar, or content inside a host's base template."
    )
    BASE_TEMPLATE: str = Field(
        "", description="What pages extend; in embedded mode the host's adapter with the blocks wn_head and wn_root."
    )
    SITE_NAME: str = Field("webnet", description="Name in the sidebar and in page titles.")
    HTMX: Literal["bundled", "bundled2", "host"] = Field(
        "bundled", description="htmx 4 or 2 as shipped, or the one the host's page already loads."
    )
    THEME: Literal["auto", "light", "dark"] = Field("auto", description="Theme for people who chose none.")
    THEME_FROM: str = Field("", description='Attribute of <html> that names the theme, such as "data-bs-theme".')
    SHORTCUTS: bool = Field(default=True, description="Keyboard shortcuts inside webnet's pages.")
    STYLEGUIDE: bool = Field(default=False, description="Serve the style guide also where DEBUG is off.")


def ui_settings() -> UISettings:
    """Return the UI section as it stands now."""
    return settings.section("UI", UISettings)
