"""Settings of the example project. This is the only place where webnet reads the environment.

Everything has a default that works on one machine: SQLite, an in-memory channel layer and the embedded worker. Keys
and the database lie in the state directory (WEBNET_STATE_DIR, else ``.state`` beside the project).
"""

from __future__ import annotations

import os
from pathlib import Path

from example_project.settings.databases import database_from
from example_project.settings.identity import oidc_from, origin_of
from example_project.settings.keys import read_or_create_keys

ROOT = Path(__file__).resolve().parents[2]
STATE_DIR = Path(os.environ.get("WEBNET_STATE_DIR") or ROOT / ".state")
STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
_keys = read_or_create_keys(STATE_DIR / "keys.json")


def _list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


DEBUG = _flag("WEBNET_DEBUG")
SECRET_KEY = os.environ.get("WEBNET_SECRET_KEY") or _keys["secret_key"]
ALLOWED_HOSTS = _list("WEBNET_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("WEBNET_TRUSTED_ORIGINS")
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "example_project.accounts",
    "webnet_core",
    "webnet_nornir",
    "webnet_config",
    "webnet_compliance",
    "webnet_ui",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example_project.security.SecurityHeadersMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "example_project.static.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "example_project.security.SessionLifeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "example_project.urls"
ASGI_APPLICATION = "example_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "example_project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "example_project.accounts.context.shell",
            ]
        },
    }
]

DATABASES = {"default": database_from(os.environ.get("WEBNET_DATABASE_URL", ""), STATE_DIR / "webnet.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "webnet:login"
CSRF_FAILURE_VIEW = "webnet_ui.shell.refusals.out_of_date"
LOGIN_REDIRECT_URL = "webnet:dashboard"
LOGOUT_REDIRECT_URL = "webnet:login"

ALLOW_REGISTRATION = _flag("WEBNET_ALLOW_REGISTRATION")
ACCOUNT_ADAPTER = "example_project.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE, as webnet's own login
MFA_ADAPTER = "example_project.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER, MFA_TOTP_TOLERANCE = "webnet", 1  # a clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
SOCIALACCOUNT_PROVIDERS = oidc_from(os.environ)
SSO_NAME = os.environ.get("WEBNET_OIDC_NAME") or "single sign-on" if SOCIALACCOUNT_PROVIDERS else ""
# A browser follows the form's redirect to the provider only where the policy allows it.
CSP_FORM_ACTION = origin_of(os.environ.get("WEBNET_OIDC_URL", ""))
EMAIL_HOST = os.environ.get("WEBNET_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"

USE_TZ = True
TIME_ZONE = os.environ.get("WEBNET_TIME_ZONE", "UTC")
STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = 30 * 60
SESSION_ABSOLUTE_SECONDS = SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if _flag("WEBNET_HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    # A browser takes cookies of these names over HTTPS alone, for this host and all of its paths.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-webnet_session", "__Host-webnet_csrf"
    SECURE_HSTS_SECONDS = 31_536_000
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES = int(os.environ.get("WEBNET_TRUSTED_PROXIES") or 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Other origins may use the REST interface with tokens, never with this site's cookies.
CORS_ALLOWED_ORIGINS = _list("WEBNET_CORS_ORIGINS")
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/api/"

REDIS_URL = os.environ.get("WEBNET_REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = os.environ.get("WEBNET_BROKER_URL", "")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {"webnet-tick": {"task": "webnet.tick", "schedule": 5.0}}

WEBNET = {
    "CORE": {
        "ENCRYPTION_KEYS": _list("WEBNET_ENCRYPTION_KEYS") or [_keys["encryption_key"]],
        "JWT_KEY": os.environ.get("WEBNET_JWT_KEY") or _keys["jwt_key"],
        "DISPATCHER": os.environ.get("WEBNET_DISPATCHER", "celery" if CELERY_BROKER_URL else "embedded"),
        "WORKER_QUEUES": _list("WEBNET_QUEUES", "default"),
        "HOST_KEYS": os.environ.get("WEBNET_HOST_KEYS", "strict"),
        "DEVICE_NETWORKS": _list("WEBNET_DEVICE_NETWORKS"),
        "WEBHOOK_NETWORKS": _list("WEBNET_WEBHOOK_NETWORKS"),
        "WEBHOOK_HTTP": _flag("WEBNET_WEBHOOK_HTTP"),
        "TRUSTED_PROXIES": TRUSTED_PROXIES,
        "ALLOW_REGISTRATION": ALLOW_REGISTRATION,
        "SECOND_FACTOR": "example_project.accounts.second_factor.AllauthSecondFactor",
        "PLUGINS_ENABLED": _list("WEBNET_PLUGINS"),
        "METRICS_TOKEN": os.environ.get("WEBNET_METRICS_TOKEN") or None,
        "METRICS_NETWORKS": _list("WEBNET_METRICS_NETWORKS"),
    },
    "UI": {"HTMX": os.environ.get("WEBNET_HTMX", "bundled")},
}
if _deadline := os.environ.get("WEBNET_HOST_DEADLINE"):
    WEBNET["CORE"]["HOST_DEADLINE_SECONDS"] = float(_deadline)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("WEBNET_LOG_LEVEL", "WARNING")},
}
