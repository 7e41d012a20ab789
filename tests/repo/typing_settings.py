"""Settings for the type checker: every package of ours that is a Django app, and no host project."""

from __future__ import annotations

import importlib.util

SECRET_KEY = "for-the-type-checker-only"
OURS = ("webnet_core", "webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    *(name for name in OURS if importlib.util.find_spec(f"{name}.apps")),
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
