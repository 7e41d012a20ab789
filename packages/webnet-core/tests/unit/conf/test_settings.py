"""One nested WEBNET, typed; a typo is an error that says what was meant."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.test import override_settings

from webnet_core.conf import CoreSettings, find_problems, require_valid, settings
from webnet_core.exceptions import ConfigurationError
from webnet_core.plugin import Settings, SettingsSection, hookimpl
from webnet_core.testing.plugins import PluginSandbox


class AcmeSettings(SettingsSection):
    INTERVAL: int = 5


def acme_plugin() -> ModuleType:
    module = ModuleType("acme_settings")
    vars(module)["webnet_register_settings"] = hookimpl(lambda: [Settings(key="ACME", model=AcmeSettings)])
    return module


def test_defaults_hold_where_the_site_says_nothing():
    with override_settings(WEBNET={}):
        assert settings.CORE.SHARD_SIZE == 200
        assert settings.CORE.HOST_KEYS == "strict"
        assert settings.LIVE.WS_PATH == "ws/"


def test_reading_follows_override_settings_there_and_back():
    before = settings.CORE.SHARD_SIZE
    with override_settings(WEBNET={"CORE": {"SHARD_SIZE": 7}}):
        assert settings.CORE.SHARD_SIZE == 7
        with override_settings(WEBNET={"CORE": {"SHARD_SIZE": 8}}):
            assert settings.CORE.SHARD_SIZE == 8
        assert settings.CORE.SHARD_SIZE == 7
    assert settings.CORE.model_dump()["SHARD_SIZE"] == before


@override_settings(WEBNET={"CORE": {"SHARD_SIZ": 7}})
def test_an_unknown_key_is_an_error_with_a_suggestion():
    with pytest.raises(ConfigurationError) as caught:
        _ = settings.CORE

    text = str(caught.value)
    assert text == 'WEBNET["CORE"]["SHARD_SIZ"]: unknown key. Did you mean SHARD_SIZE?'


@override_settings(WEBNET={"CROE": {}, "LIVE": {"ws_path": "x/"}})
def test_all_problems_are_told_at_once():
    paths = {problem.path: problem.hint for problem in find_problems()}

    assert paths == {"CROE": "Did you mean CORE?", "LIVE.ws_path": "Did you mean WS_PATH?"}
    with pytest.raises(ConfigurationError, match="CROE"):
        require_valid()


@pytest.mark.parametrize(
    "given",
    [{"SHARD_SIZE": 0}, {"SHARD_SIZE": "many"}, {"HOST_KEYS": "any"}, {"DEVICE_NETWORKS": ["127.0.0.1/8"]}, ["list"]],
)
def test_a_wrong_value_is_an_error(given: object):
    with override_settings(WEBNET={"CORE": given}), pytest.raises(ConfigurationError, match='WEBNET\\["CORE"\\]'):
        _ = settings.CORE


@override_settings(WEBNET=["CORE"])
def test_a_webnet_that_is_no_dictionary_is_an_error():
    assert "dictionary" in find_problems()[0].message


def test_a_wrong_secret_is_not_repeated_in_the_error():
    wrong = {"CORE": {"ENCRYPTION_KEYS": "hunter2", "JWT_KEY": ["hunter2"]}}
    with override_settings(WEBNET=wrong), pytest.raises(ConfigurationError) as caught:
        _ = settings.CORE
    assert "hunter2" not in str(caught.value)


def test_secrets_hide_in_the_text_of_a_section():
    key = settings.CORE.ENCRYPTION_KEYS[0].get_secret_value()

    assert key not in repr(settings.CORE)
    assert key not in str(settings.CORE)


def test_a_section_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        settings.CORE.SHARD_SIZE = 3


def test_a_plugins_section_is_read_like_our_own(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=acme_plugin())

    with override_settings(WEBNET={"ACME": {"INTERVAL": 9}}):
        assert settings.ACME.INTERVAL == 9
        assert settings.section("ACME", AcmeSettings).INTERVAL == 9
        assert find_problems() == []
        with pytest.raises(TypeError, match="CoreSettings"):
            settings.section("ACME", CoreSettings)


@override_settings(WEBNET={"ACME": {}})
def test_a_section_of_a_plugin_that_is_not_there_is_unknown():
    assert [problem.path for problem in find_problems()] == ["ACME"]
    with pytest.raises(AttributeError, match="ACME"):
        _ = settings.ACME


def test_a_register_hook_may_read_its_plugins_settings(webnet_plugins: PluginSandbox):
    seen = []
    module = acme_plugin()
    vars(module)["webnet_register_tasks"] = hookimpl(lambda: seen.append(settings.ACME.INTERVAL))

    webnet_plugins.load(acme=module)

    assert seen == [5]


class Feed(SettingsSection):
    ADDRESS: str = ""
    RETRIES: int = 3


class NestedSettings(SettingsSection):
    FEEDS: dict[str, Feed] = {}
    BACKUP: Feed | None = None


@pytest.mark.parametrize(
    ("given", "path", "hint"),
    [
        ({"FEEDZ": {}}, "NEST.FEEDZ", "Did you mean FEEDS?"),
        ({"FEEDS": {"north": {"ADRESS": "x"}}}, "NEST.FEEDS.north.ADRESS", "Did you mean ADDRESS?"),
        ({"BACKUP": {"RETRY": 1}}, "NEST.BACKUP.RETRY", "Did you mean RETRIES?"),
        ({"BACKUP": {"COLOUR": 1}}, "NEST.BACKUP.COLOUR", ""),
    ],
)
def test_a_typo_deep_in_a_plugins_section_is_an_error_that_says_what_was_meant(
    given: dict[str, object], path: str, hint: str, webnet_plugins: PluginSandbox
):
    module = ModuleType("nest")
    vars(module)["webnet_register_settings"] = hookimpl(lambda: [Settings(key="NEST", model=NestedSettings)])
    with override_settings(WEBNET={"NEST": given}):
        webnet_plugins.load(nest=module)
        assert [(problem.path, problem.hint) for problem in find_problems()] == [(path, hint)]
