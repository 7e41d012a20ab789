"""The smallest site that webnet-compliance runs in: what it depends on, and nothing else."""

from __future__ import annotations

SECRET_KEY = "only for the tests of webnet-compliance, where nobody signs anything worth having"
USE_TZ = True
ROOT_URLCONF = "webnet_core.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "webnet_core",
    "webnet_nornir",
    "webnet_compliance",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
WEBNET = {"CORE": {"ENCRYPTION_KEYS": ["b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="]}}
