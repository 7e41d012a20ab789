"""A site with everything that webnet-config meets; `settings_alone` has only what it needs."""

from __future__ import annotations

import tempfile
from pathlib import Path

DATABASE_DIRECTORY = Path(tempfile.mkdtemp(prefix="webnet-config-tests-"))

SECRET_KEY = "only for the tests of webnet-config, where nobody signs anything worth having"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "tests.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_tables2",
    "webnet_core",
    "webnet_nornir",
    "webnet_config",
    "webnet_ui",
]
STATIC_URL = "static/"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE_DIRECTORY / "webnet.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": str(DATABASE_DIRECTORY / "test.sqlite3")},
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBNET = {
    "CORE": {
        "ENCRYPTION_KEYS": ["b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="],
        "HOST_KEYS": "tofu",
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
    },
    # A busy machine has healthy devices answer late; tests about devices that never answer set less.
    "NORNIR": {"CONNECT_TIMEOUT": 60, "AUTH_TIMEOUT": 60, "BANNER_TIMEOUT": 60, "COMMAND_TIMEOUT": 240, "BUSY_WAIT": 1},
}
