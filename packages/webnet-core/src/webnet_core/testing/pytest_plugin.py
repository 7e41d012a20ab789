"""What pytest loads wherever webnet-core is installed. Light: importing it needs no configured Django.

A test run loads no entry points but those that ``WEBNET["CORE"]["PLUGINS_ENABLED"]`` names, so that whatever else a
developer has installed cannot change a result.
"""

from __future__ import annotations

from webnet_core.plugins.discovery import close_unnamed_entry_points
from webnet_core.testing.plugins import webnet_plugins

__all__ = ["webnet_plugins"]

close_unnamed_entry_points()
