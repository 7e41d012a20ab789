"""The harbour's settings: each that webnet could trip over has a value that webnet would not choose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.compositions.absence import leave_out

leave_out("webnet_compliance", "webnet_sim")
HERE = Path(__file__).resolve().parent

SECRET_KEY = "only for the harbour, where nobody signs anything worth having"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
LANGUAGE_CODE = "de"
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Pacific/Auckland"
DEFAULT_AUTO_FIELD = "django.db.models.SmallAutoField"
ROOT_URLCONF = "tests.compositions.embedded.urls"
STATIC_URL = "/assets/"
STATICFILES_DIRS = [HERE / "static"]
AUTH_USER_MODEL = "core.Member"
LOGIN_URL = "enter"
LOGIN_REDIRECT_URL = "home"
APPEND_SLASH = False
SESSION_COOKIE_NAME = "harbour_session"
CSRF_COOKIE_NAME = "harbour_csrf"
CSRF_HEADER_NAME = "HTTP_X_HARBOUR_TOKEN"
CSRF_COOKIE_HTTPONLY = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

WEBNET_APPS = ["webnet_core", "webnet_nornir", "webnet_config", "webnet_ui"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "tests.compositions.embedded.core",
    *WEBNET_APPS,
]
MIDDLEWARE = [
    "tests.compositions.embedded.core.headers.StampMiddleware",
    "tests.compositions.embedded.core.headers.CuriousMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [], "string_if_invalid": ""},
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("COMPOSITION_DATABASE", ":memory:"),
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
CACHES = {
    "default": {"BACKEND": "tests.compositions.embedded.core.caches.Private"},
    "netops": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "netops",
        "KEY_FUNCTION": "tests.compositions.embedded.core.caches.backwards",
        "TIMEOUT": 1,
        "VERSION": 7,
    },
}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "tests.compositions.embedded.core.layers.Private"},
    "netops": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": True,
    "formatters": {"bell": {"format": "harbour|%(name)s|%(message)s"}},
    "handlers": {"book": {"class": "tests.compositions.embedded.core.logs.Logbook", "formatter": "bell"}},
    "root": {"handlers": ["book"], "level": "DEBUG"},
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["tests.compositions.embedded.core.habits.Semaphore"],
    "DEFAULT_PARSER_CLASSES": ["tests.compositions.embedded.core.habits.Deaf"],
    "DEFAULT_THROTTLE_CLASSES": ["tests.compositions.embedded.core.habits.Closed"],
    "DEFAULT_PAGINATION_CLASS": "tests.compositions.embedded.core.habits.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_VERSION": "9.9",
    "ALLOWED_VERSIONS": ["9.9"],
    "PAGE_SIZE": 3,
    "EXCEPTION_HANDLER": "tests.compositions.embedded.core.habits.sink",
    "UNAUTHENTICATED_USER": None,
    "NON_FIELD_ERRORS_KEY": "overboard",
    "DATETIME_FORMAT": "%d.%m.%Y",
    "DATETIME_INPUT_FORMATS": ["%d.%m.%Y"],
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": "limit",
}
SIMPLE_JWT = {
    "SIGNING_KEY": "x",
    "ALGORITHM": "none",
    "ACCESS_TOKEN_LIFETIME": None,
    "AUTH_HEADER_TYPES": ("Harbour",),
    "USER_ID_FIELD": "berth",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Harbour",
    "VERSION": "9.9",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": ["tests.compositions.embedded.core.habits.sign"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"BuoyState": [("afloat", "afloat"), ("sunk", "sunk")]},
}
WEBNET = {
    "CORE": {
        "ENCRYPTION_KEYS": ["b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="],
        "HOST_KEYS": "tofu",
        "DEVICE_NETWORKS": ["127.0.0.0/8"],
        "CACHE": "netops",
        "PLUGINS_ENABLED": [],  # whatever else this environment has installed
    },
    "LIVE": {"LAYER": "netops", "WS_PATH": "netops/ws/"},
    "UI": {"MODE": "embedded", "BASE_TEMPLATE": "webnet_ui/host_base.html", "THEME_FROM": "data-bs-theme"},
}
