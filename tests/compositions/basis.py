"""The settings that the small sites share: nothing but what webnet-core asks of a site."""

from __future__ import annotations

import os
from typing import Any

SECRET_KEY = "only for the compositions, where nobody signs anything worth having"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "tests.compositions.basis_urls"
STATIC_URL = "static/"
LOGIN_URL = "webnet:login"
DJANGO_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("COMPOSITION_DATABASE", ":memory:"),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBNET: dict[str, Any] = {
    "CORE": {
        "ENCRYPTION_KEYS": ["b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="],
        "HOST_KEYS": "tofu",
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
        "PLUGINS_ENABLED": [],  # whatever else this environment has installed
    }
}
