"""The smallest site that webnet-core runs in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from webnet_core.testing.database import PostgresAddress

# Processes that a test starts are told which database is the test's; each test run has its own.
DATABASE = os.environ.get("WEBNET_TEST_DATABASE", "")
DATABASE_DIRECTORY = Path(DATABASE).parent if DATABASE else Path(tempfile.mkdtemp(prefix="webnet-core-tests-"))

SECRET_KEY = "only for the tests of webnet-core, where nobody signs anything worth having"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
STATIC_URL = "static/"
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "tests.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "drf_spectacular_sidecar",
    "webnet_core",
]
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
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
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
if port := os.environ.get("WEBNET_TEST_POSTGRES_PORT"):  # tests/db runs on PostgreSQL too
    DATABASES["default"] = PostgresAddress(port=int(port)).database(f"test_webnet_core_{os.getpid()}")
if DATABASE:
    DATABASES["default"]["NAME"] = DATABASE
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

WEBNET = {
    "CORE": {
        "ENCRYPTION_KEYS": [
            "b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4=",
            "dGhlLW9sZGVyLXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4=",
        ],
        "JWT_KEY": "a signing key for the tests of webnet-core alone",
        "HOST_KEYS": "tofu",
        "LOGIN_WINDOW_SECONDS": 3600,  # that no test depends on how fast it runs
        "RATES": dict.fromkeys(("RUNS", "IMPORTS", "EXPORTS", "DESCRIPTIONS"), 0),  # nor how often it asks
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
        "WEBHOOK_NETWORKS": ["127.0.0.0/8"],
        "WEBHOOK_HTTP": True,
    },
}
