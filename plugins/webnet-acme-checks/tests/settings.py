"""The smallest site that runs commands on devices, with this plugin."""

from __future__ import annotations

SECRET_KEY = "only for tests, where nobody signs anything worth having"
USE_TZ = True
ROOT_URLCONF = "tests.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "webnet_core",
    "webnet_nornir",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBNET = {
    "CORE": {
        "ENCRYPTION_KEYS": ["b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="],
        "HOST_KEYS": "tofu",
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
        "PLUGINS_ENABLED": ["acme-checks"],
    },
}
