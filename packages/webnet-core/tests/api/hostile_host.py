"""A host site whose own settings for its REST interface would break ours if ours read them."""

from __future__ import annotations

from tests.settings import *  # noqa: F403 - the site is the tests' own but for what follows

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.BrowsableAPIRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "0/day", "user": "1/day"},
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
    "EXCEPTION_HANDLER": "tests.api.no_such_module.handler",
    "PAGE_SIZE": 1,
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "%d/%m/%y",
    "NON_FIELD_ERRORS_KEY": "__all__",
    "URL_FORMAT_OVERRIDE": "limit",
    "UNICODE_JSON": False,
}
SIMPLE_JWT = {"SIGNING_KEY": "x", "ACCESS_TOKEN_LIFETIME": None}
SPECTACULAR_SETTINGS = {"TITLE": "The host's", "PREPROCESSING_HOOKS": [], "SCHEMA_PATH_PREFIX": "/host/"}
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
