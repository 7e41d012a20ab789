"""The smallest settings: the package has no Django app yet."""

from __future__ import annotations

SECRET_KEY = "only for the tests of webnet-compliance"
INSTALLED_APPS: list[str] = []
USE_TZ = True
