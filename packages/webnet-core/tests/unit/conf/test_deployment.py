"""What a site must have before strangers can reach it, and what refuses to start without."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.test import override_settings

import webnet_core
from webnet_core import checks, deployment
from webnet_core.asgi import with_worker
from webnet_core.deployment import require_safe_start
from webnet_core.exceptions import ConfigurationError

DUMMY = "django.core.cache.backends.dummy.DummyCache"
LOCAL = "django.core.cache.backends.locmem.LocMemCache"
FILES = "django.core.cache.backends.filebased.FileBasedCache"


CHECKS = (
    deployment.check_secret_key,
    deployment.check_hosts,
    deployment.check_broker,
    deployment.check_shared_cache,
    deployment.check_channel_layer,
    deployment.check_proxies,
    deployment.check_webhooks,
)


def found(number: str) -> list[CheckMessage]:
    messages = [message for check in CHECKS for message in check()]
    return [message for message in messages if message.id == f"webnet.{number}"]


def core(**given: object) -> override_settings:
    return override_settings(WEBNET={**django_settings.WEBNET, "CORE": {**django_settings.WEBNET["CORE"], **given}})


@pytest.fixture
def broker():
    """Set the process's broker; it is the old one again afterwards."""
    before = current_app.conf.broker_url

    def change(url):
        current_app.conf.broker_url = url

    yield change
    current_app.conf.broker_url = before


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("short", True),
        ("ab" * 40, True),
        ("django-insecure-0y#q)z3vf0(+$9m@e!k5s2l8w7x4c6b1n_hg^td&ju*ri%op", True),
        ("change-me-please-0y#q)z3vf0(+$9m@e!k5s2l8w7x4c6b1n_hg^td&ju*ri%op", True),
        ("0y#q)z3vf0(+$9m@e!k5s2l8w7x4c6b1n_hg^td&ju*ri%op-and-more", False),
    ],
)
def test_a_secret_key_that_is_short_monotonous_or_known_is_e021(key: str, wrong: bool):
    with override_settings(SECRET_KEY=key):
        assert bool(found("E021")) is wrong


@pytest.mark.parametrize(
    ("hosts", "wrong"), [([], True), (["*"], True), (["a.example", "*"], True), ([".a.example"], False)]
)
def test_a_site_that_answers_to_any_name_is_e022(hosts: list[str], wrong: bool):
    with override_settings(ALLOWED_HOSTS=hosts):
        assert bool(found("E022")) is wrong


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("redis://10.0.0.7:6379/0", ["redis://10.0.0.7"]),
        ("amqp://guest:guest@mq.example//", ["amqp://mq.example"]),
        ("amqp://webnet@mq.example//", ["amqp://mq.example"]),
        (["redis://:word@a.example", "rediss://b.example"], ["rediss://b.example"]),
        ("sentinel://c.example;sentinel://:word@d.example", ["sentinel://c.example"]),
        ("redis://:word@10.0.0.7:6379/0", []),
        ("redis://127.0.0.1:6379/0", []),
        ("redis://[::1]:6379/0", []),
        ("amqp://localhost//", []),
        ("redis+socket:///run/redis.sock", []),
        ("memory://", []),
    ],
)
def test_a_broker_across_the_network_without_a_password_is_e023(url, named: list[str], broker):
    broker(url)
    with core(DISPATCHER="celery"):
        told = [message.msg for message in found("E023")]
    assert told == [f"The broker at {place} is asked without a password." for place in named]
    assert found("E023") == [], "a host's own broker is none of our business where Celery wakes nobody of ours"


@pytest.mark.parametrize(
    ("backend", "given", "wrong"),
    [
        (LOCAL, {}, False),
        (LOCAL, {"DISPATCHER": "celery"}, True),
        (LOCAL, {"SEVERAL_PROCESSES": True}, True),
        (LOCAL, {"SEVERAL_PROCESSES": False, "DISPATCHER": "celery"}, False),
        (FILES, {"SEVERAL_PROCESSES": True}, False),
        (DUMMY, {}, False),
        (DUMMY, {"SEVERAL_PROCESSES": True}, True),
        (LOCAL, {"CACHE": "nowhere"}, True),
    ],
)
def test_processes_that_share_no_cache_are_e024(backend: str, given: dict[str, object], wrong: bool, tmp_path: Path):
    caches = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    with override_settings(CACHES=caches), core(**{"SEVERAL_PROCESSES": None, **given}):
        on_postgresql = connections["default"].vendor == "postgresql" and "SEVERAL_PROCESSES" not in given
        assert bool(found("E024")) is (wrong or on_postgresql)


def test_postgresql_stands_for_several_processes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    assert found("E024")


@pytest.mark.parametrize(("several", "wrong"), [(True, True), (False, False)])
def test_a_channel_layer_in_memory_with_several_processes_is_w020(several: bool, wrong: bool):
    layers = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    with override_settings(CHANNEL_LAYERS=layers), core(SEVERAL_PROCESSES=several):
        assert bool(found("W020")) is wrong


@pytest.mark.parametrize(("proxies", "wrong"), [(0, True), (1, False)])
@pytest.mark.parametrize(
    "header", [{"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https")}, {"USE_X_FORWARDED_HOST": True}]
)
def test_a_proxys_header_without_a_trusted_proxy_is_w021(proxies: int, wrong: bool, header: dict[str, object]):
    assert found("W021") == []
    with override_settings(**header), core(TRUSTED_PROXIES=proxies):
        assert bool(found("W021")) is wrong


@pytest.mark.parametrize(
    ("networks", "wrong"),
    [
        ([], False),
        (["10.0.0.0/8", "fd12::/32"], False),
        (["127.0.0.0/8"], True),
        (["0.0.0.0/0"], True),
        (["169.254.0.0/16"], True),
        (["::/0"], True),
    ],
)
def test_webhooks_that_may_go_to_the_machine_itself_are_told(networks, wrong):
    with core(WEBHOOK_NETWORKS=networks):
        assert bool(found("W022")) is wrong


@pytest.mark.django_db
def test_it_speaks_only_with_deploy():
    with override_settings(SECRET_KEY="short", ALLOWED_HOSTS=[]), core(SEVERAL_PROCESSES=True):
        assert run_checks(tags=["security"]) == []
        told = {message.id for message in run_checks(tags=["security"], include_deployment_checks=True)}
    assert told >= {"webnet.E021", "webnet.E022", "webnet.E024"}


# ------------------------------------------------------------------------------------------------------- starting


def test_an_unsafe_site_does_not_start_and_every_reason_is_named():
    with override_settings(SECRET_KEY="short", ALLOWED_HOSTS=["*"]), core(ENCRYPTION_KEYS=[]):
        with pytest.raises(ConfigurationError) as caught:
            require_safe_start()
        told = str(caught.value)
        assert [number for number in ("E021", "E022", "E002") if number not in told] == []
        with override_settings(DEBUG=True):
            require_safe_start()


def test_a_check_that_the_site_silenced_refuses_nothing():
    with override_settings(ALLOWED_HOSTS=["*"], SILENCED_SYSTEM_CHECKS=["webnet.E022"]):
        require_safe_start()


def test_a_cache_that_is_not_shared_is_for_check_deploy_to_tell():
    with core(SEVERAL_PROCESSES=True):
        require_safe_start()


def test_the_asgi_wrapper_tells_the_server_that_it_does_not_start():
    sent = []

    async def start() -> None:
        async def receive():
            return {"type": "lifespan.startup"}

        async def send(message):
            sent.append(message)

        await with_worker(None)({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]

    with override_settings(ALLOWED_HOSTS=["*"]):
        asyncio.run(start())
    (message,) = sent
    assert message["type"] == "lifespan.startup.failed"
    assert "webnet.E022" in message["message"]


def test_the_worker_of_manage_py_does_not_start_either():
    with (
        override_settings(ALLOWED_HOSTS=["*"]),
        pytest.raises(CommandError, match=r"webnet\.E022") as caught,
    ):
        call_command("webnet", "worker", "--once")
    assert caught.value.returncode == 2


# ------------------------------------------------------------------------------------------------------- the table


def test_every_check_of_core_stands_in_the_table_once():
    table = re.findall(r"^(webnet\.[EW]\d{3})\b", str(checks.__doc__), re.MULTILINE)
    assert len(table) == len(set(table))
    source = Path(webnet_core.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in source.rglob("*.py")]
    used = {found for text in texts for found in re.findall(r'"webnet\.([EW]\d{3})"', text)}
    used |= {found for text in texts for found in re.findall(r'_key_error\("([EW]\d{3})"', text)}
    assert {f"webnet.{number}" for number in used} == set(table)
