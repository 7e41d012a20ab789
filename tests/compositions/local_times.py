"""The plain site as somebody has it who keeps local times and numbers rows as Django once did."""

from __future__ import annotations

from tests.compositions.plain import *  # noqa: F403

USE_TZ = False
TIME_ZONE = "Pacific/Auckland"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
