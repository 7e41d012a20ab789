"""The smallest site that webnet-core runs in."""

from __future__ import annotations

import tempfile
from pathlib import Path

# Tests with several processes or threads share a file; each test run has its own.
DATABASE_DIRECTORY = Path(tempfile.mkdtemp(prefix="webnet-core-tests-"))

SECRET_KEY = "only for the tests of webnet-core, where nobody signs anything worth having"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "tests.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "webnet_core",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
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
        "ENCRYPTION_KEYS": [
            "b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4=",
            "dGhlLW9sZGVyLXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4=",
        ],
        "JWT_KEY": "a signing key for the tests of webnet-core alone",
        "HOST_KEYS": "tofu",
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
    },
}
