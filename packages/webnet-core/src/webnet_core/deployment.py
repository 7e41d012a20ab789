"""What a site must have before strangers can reach it: `manage.py check --deploy` lists what is missing.

What is tagged START is refused as well where the site starts: by the ASGI wrapper, by `manage.py webnet worker` and by
Celery's workers, unless DEBUG is on. Cookies, HSTS and TLS are Django's own checks. The ids stand in
`webnet_core.checks`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.cache import InvalidCacheBackendError, caches
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import ERROR, CheckMessage, Error, Tags, Warning, register, run_checks  # noqa: A004 - its name
from django.db import connections

from webnet_core.conf import find_problems, settings
from webnet_core.exceptions import ConfigurationError

START = "webnet-start"
SECRET_KEY_LENGTH = 50
KNOWN_KEYS = ("django-insecure", "change-me", "changeme", "change_me", "your-secret", "secret-key", "secret_key")
BROKERS = {"amqp", "amqps", "pyamqp", "librabbitmq", "redis", "rediss", "sentinel"}
IN_MEMORY_LAYER = "channels.layers.InMemoryChannelLayer"
NEW_SECRET_KEY = 'python -c "import secrets; print(secrets.token_urlsafe(64))"'  # noqa: S105 - how to make one


def require_safe_start() -> None:
    """Refuse to serve or to work on a site that is not safe to be reached; with DEBUG on, everything goes.

    Raises:
        ConfigurationError: naming every check that failed and what to do.
    """
    if django_settings.DEBUG:
        return
    found = run_checks(tags=[START], include_deployment_checks=True)
    wrong = [message for message in found if message.level >= ERROR and not message.is_silenced()]
    if wrong:
        lines = (f"{message.id}: {message.msg} {message.hint or ''}".rstrip() for message in wrong)
        raise ConfigurationError("This site is not safe to start with DEBUG off.\n" + "\n".join(lines))


def serves_in_several_processes() -> bool:
    """Say whether more than one process serves or works: as the site says, else where its parts allow for it."""
    told = settings.CORE.SEVERAL_PROCESSES
    if told is not None:
        return told
    return settings.CORE.DISPATCHER != "embedded" or connections["default"].vendor == "postgresql"


@register(Tags.security, START, deploy=True)
def check_secret_key(**_: Any) -> list[CheckMessage]:
    """A key that is short, monotonous or to be found in some tutorial."""
    key = str(django_settings.SECRET_KEY)
    if any(known in key.lower() for known in KNOWN_KEYS):
        reason = "is one that examples use"
    elif len(key) < SECRET_KEY_LENGTH or len(set(key)) < SECRET_KEY_LENGTH // 5:
        reason = f"has fewer than {SECRET_KEY_LENGTH} characters, or hardly any different ones"
    else:
        return []
    return [Error(f"SECRET_KEY {reason}.", hint=f"Make one: {NEW_SECRET_KEY}", id="webnet.E021")]


@register(Tags.security, START, deploy=True)
def check_hosts(**_: Any) -> list[CheckMessage]:
    """A site that answers to any name."""
    hosts = list(django_settings.ALLOWED_HOSTS)
    if hosts and "*" not in hosts:
        return []
    text = "ALLOWED_HOSTS allows every name." if hosts else "ALLOWED_HOSTS is empty."
    return [Error(text, hint="List the names under which people reach the site.", id="webnet.E022")]


@register(Tags.security, START, deploy=True)
def check_broker(**_: Any) -> list[CheckMessage]:
    """A broker across the network that takes messages from anybody."""
    if _settings_are_wrong() or settings.CORE.DISPATCHER != "celery" or find_spec("celery") is None:
        return []
    hint = "Give the broker a user and a password, and put them into its URL."
    return [
        Error(f"The broker at {place} is asked without a password.", hint=hint, id="webnet.E023")
        for place in _open_brokers(_broker_urls())
    ]


def _broker_urls() -> list[str]:
    from celery import current_app  # noqa: PLC0415 - the extra `celery` may be absent

    given: list[str] = []
    for name in ("broker_url", "broker_read_url", "broker_write_url"):
        value = current_app.conf.get(name) or ()
        given += [value] if isinstance(value, str) else [str(one) for one in value]
    return [url.strip() for text in given for url in text.split(";") if url.strip()]


def _open_brokers(urls: list[str]) -> Iterator[str]:
    for url in urls:
        parts = urlsplit(url)
        guest = parts.username == parts.password == "guest"  # RabbitMQ's own, known to everybody
        if parts.scheme not in BROKERS or _is_loopback(parts.hostname) or (parts.password and not guest):
            continue
        yield f"{parts.scheme}://{parts.hostname}"


def _is_loopback(host: str | None) -> bool:
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@register(Tags.security, deploy=True)
def check_shared_cache(**_: Any) -> list[CheckMessage]:
    """Failed logins that each process counts for itself."""
    if _settings_are_wrong():
        return []
    alias = settings.CORE.CACHE
    try:
        cache = caches[alias]
    except InvalidCacheBackendError as error:
        return [_cache_error(f"The cache {alias!r} cannot be had: {error}")]
    if isinstance(cache, (DummyCache, LocMemCache)) and serves_in_several_processes():
        return [_cache_error(f"The cache {alias!r} is no common one, so each process counts failed logins for itself.")]
    return []


def _cache_error(text: str) -> CheckMessage:
    hint = (
        'Name a cache that all processes share in WEBNET["CORE"]["CACHE"], Redis for one; where there is only one '
        'process, set WEBNET["CORE"]["SEVERAL_PROCESSES"] to False.'
    )
    return Error(text, hint=hint, id="webnet.E024")


@register(Tags.security, deploy=True)
def check_channel_layer(**_: Any) -> list[CheckMessage]:
    """Screens that hear only of what their own process did, and see the rest when they poll."""
    if _settings_are_wrong() or find_spec("channels") is None or not serves_in_several_processes():
        return []
    alias = settings.LIVE.LAYER
    layer = getattr(django_settings, "CHANNEL_LAYERS", {}).get(alias, {})
    if layer.get("BACKEND") != IN_MEMORY_LAYER:
        return []
    text = f"The channel layer {alias!r} is each process's own: screens see the work of others only when they poll."
    return [Warning(text, hint="Use channels_redis.", id="webnet.W020")]


@register(Tags.security, deploy=True)
def check_proxies(**_: Any) -> list[CheckMessage]:
    """Headers that anybody can send, believed though no proxy of the site's writes them."""
    if _settings_are_wrong() or settings.CORE.TRUSTED_PROXIES:
        return []
    names = [name for name in ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST") if getattr(django_settings, name)]
    if not names:
        return []
    hint = (
        'Say in WEBNET["CORE"]["TRUSTED_PROXIES"] how many proxies of yours stand in front, or take the setting away.'
    )
    return [Warning(f"{' and '.join(names)} believe a header that any client may send.", hint=hint, id="webnet.W021")]


@register(Tags.security, deploy=True)
def check_webhooks(**_: Any) -> list[CheckMessage]:
    """Webhooks that may reach the machine itself, or what a cloud tells its machines alone."""
    if _settings_are_wrong():
        return []
    networks = [ipaddress.ip_network(text) for text in settings.CORE.WEBHOOK_NETWORKS]
    inside = [ipaddress.ip_address(text) for text in ("127.0.0.1", "::1", "169.254.169.254", "fd00:ec2::254")]
    open_to = sorted({str(network) for network in networks for address in inside if address in network})
    if not open_to:
        return []
    text = f"Webhooks may go to {', '.join(open_to)}: to this machine, or to a cloud's metadata."
    hint = 'Name in WEBNET["CORE"]["WEBHOOK_NETWORKS"] only the networks where receivers are.'
    return [Warning(text, hint=hint, id="webnet.W022")]


def _settings_are_wrong() -> bool:
    return bool(find_problems())  # E001 has said so
