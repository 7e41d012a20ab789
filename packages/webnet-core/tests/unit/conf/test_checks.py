"""`manage.py check` finds what would hurt later."""

from __future__ import annotations

import copy
from types import ModuleType

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.db import connections
from django.test import override_settings

from webnet_core.apps import hookspec_modules
from webnet_core.blobs.models import DigestKey
from webnet_core.checks import check_databases
from webnet_core.plugin import hookimpl
from webnet_core.plugins import manager
from webnet_core.plugins.discovery import Found, Source

pytestmark = pytest.mark.django_db


def ids(*, deploy: bool = False) -> set[str]:
    tags = ["webnet", "security", "database"]
    messages = run_checks(tags=tags, include_deployment_checks=deploy, databases=["default"])
    return {message.id for message in messages if str(message.id).startswith("webnet.")}


def core(**given: object) -> override_settings:
    return override_settings(WEBNET={"CORE": {**django_settings.WEBNET["CORE"], **given}})


def test_the_test_site_is_clean():
    assert ids() == set()


def test_an_unknown_setting_is_e001():
    with core(SHARD_SIZ=1):
        assert ids() == {"webnet.E001"}


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([], {"webnet.E002"}),
        (["short"], {"webnet.E003"}),
        (["A" * 43 + "="], {"webnet.E003"}),
        ([Fernet.generate_key().decode(), "short"], {"webnet.E003"}),
        ([Fernet.generate_key().decode()], set()),
    ],
)
def test_encryption_keys_are_looked_at_one_by_one(keys: list[str], found: set[str]):
    DigestKey.objects.all().delete()  # a stored secret whose key goes missing is E020
    with core(ENCRYPTION_KEYS=keys):
        assert ids() == found


def test_an_encryption_key_that_is_the_secret_key_is_e004():
    key = Fernet.generate_key().decode()
    DigestKey.objects.all().delete()
    with core(ENCRYPTION_KEYS=[key]), override_settings(SECRET_KEY=key):
        assert ids() == {"webnet.E004"}


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ({"transaction_mode": "DEFERRED"}, "IMMEDIATE"),
        ({"timeout": 5}, '"timeout": 20'),
        ({"init_command": ""}, "journal_mode=WAL"),
    ],
)
def test_a_sqlite_that_would_lock_is_a_warning_that_says_what_to_set(options: dict[str, object], hint: str):
    connection = connections["default"]
    good = connection.settings_dict
    connection.settings_dict = copy.deepcopy(good) | {"OPTIONS": {**good["OPTIONS"], **options}}
    try:
        (warning,) = check_databases(databases=["default"])
    finally:
        connection.settings_dict = good
    assert warning.id == "webnet.W003"
    assert hint in str(warning.hint)


def test_any_other_database_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connections["default"], "vendor", "mysql")

    assert [message.id for message in check_databases(databases=["default"])] == ["webnet.E005"]


def test_trust_on_first_use_is_a_warning_for_production_only():
    with core(HOST_KEYS="tofu"):
        assert "webnet.W004" not in ids()
        assert "webnet.W004" in ids(deploy=True)
    with core(HOST_KEYS="strict"):
        assert "webnet.W004" not in ids(deploy=True)


def test_a_quarantined_plugin_is_w001_and_a_warning_of_the_loader_w002():
    broken = ModuleType("broken")
    vars(broken)["webnet_register_tasks"] = hookimpl(lambda: ["no task"])
    before = manager.loaded_plugins()
    source = Source(name="acme", module="broken", door="test", load=lambda: broken)
    found = Found(sources=(source, *before.found.sources), warnings=("look here",))
    manager._activate(
        manager.build(found=found, specs=hookspec_modules(), policy=manager.Policy(failures="quarantine"))
    )
    try:
        assert ids() == {"webnet.W001", "webnet.W002"}
    finally:
        manager._activate(before)
