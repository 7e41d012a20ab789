"""`manage.py webnet <verb>` gathers the verbs of all apps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from webnet_core.exceptions import PluginLoadError
from webnet_core.plugin import TaskSpec, hookimpl
from webnet_core.plugins import manager
from webnet_core.plugins.discovery import Found, Source
from webnet_core.plugins.verbs import Verb, collect_verbs
from webnet_core.testing.plugins import PluginSandbox


class Acme:
    @hookimpl
    def webnet_register_tasks(self):
        return [TaskSpec(name="acme.uptime", title="Uptime", run=print)]


def webnet(*arguments: str) -> str:
    out = StringIO()
    call_command("webnet", *arguments, stdout=out)
    return out.getvalue()


def elsewhere(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a verb in a process of its own, on a database that has no tables; return exit code and what it printed."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment["WEBNET_TEST_DATABASE"] = str(folder / "empty.sqlite3")
    command = [sys.executable, "-m", "django", "webnet", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def test_plugins_lists_version_state_hooks_and_items(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=Acme())

    text = webnet("plugins")

    assert "acme  [loaded]" in text
    assert "tasks: acme.uptime" in text
    assert "webnet_core  [loaded]  webnet-core " in text
    assert "webnet_register_platforms" in text


def test_plugins_as_json(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=Acme())

    rows = {row["name"]: row for row in json.loads(webnet("plugins", "--json"))["plugins"]}

    assert rows["acme"]["hooks"] == ["webnet_register_tasks"]
    assert rows["acme"]["items"] == {"tasks": ["acme.uptime"]}
    assert rows["webnet_core"]["version"]


def test_trace_prints_every_hook_call_with_its_answer():
    text = webnet("plugins", "--trace")
    trace = json.loads(webnet("plugins", "--trace", "--json"))["trace"]

    assert "webnet_register_platforms  webnet_core -> " in text
    assert {"hook": "webnet_register_platforms", "plugin": "webnet_core"}.items() <= trace[0].items()


def test_settings_tells_values_and_origins_and_no_secrets(settings):
    text = webnet("settings")

    assert "CORE.SHARD_SIZE = 200  (default)" in text
    assert "CORE.HOST_KEYS = 'tofu'  (site)" in text
    for secret in [*settings.WEBNET["CORE"]["ENCRYPTION_KEYS"], settings.WEBNET["CORE"]["JWT_KEY"]]:
        assert secret not in text
        assert secret not in webnet("settings", "--json")


def test_settings_as_json():
    rows = {row["key"]: row for row in json.loads(webnet("settings", "--json"))}

    assert rows["CORE.SHARD_SIZE"] == {"key": "CORE.SHARD_SIZE", "value": 200, "origin": "default"}


def test_plugins_leaves_with_1_where_one_is_quarantined():
    class Broken:
        @hookimpl
        def webnet_register_tasks(self):
            return ["no task"]

    before = manager.loaded_plugins()
    source = Source(name="broken", module="broken", door="test", load=Broken)
    found = Found(sources=(source, *before.found.sources))
    policy = manager.Policy(failures="quarantine")
    manager._activate(manager.build(found=found, specs=before.specs, policy=policy))
    out = StringIO()
    try:
        with pytest.raises(SystemExit) as caught:
            call_command("webnet", "plugins", stdout=out)
    finally:
        manager._activate(before)

    assert caught.value.code == 1
    assert "broken  [quarantined]" in out.getvalue()
    assert "return instances of TaskSpec" in out.getvalue()


@override_settings(WEBNET={"CORE": {"PLUGINS_ENABLED": ["gone"]}})
def test_an_error_of_ours_leaves_with_2_and_its_sentence():
    with pytest.raises(CommandError, match="no plugin named 'gone' is installed") as caught:
        webnet("plugins", "--trace")

    assert caught.value.returncode == 2


@pytest.mark.parametrize("verb", [["devices", "list", "--user", "olga"], ["worker", "--once"]])
def test_a_database_without_tables_is_told_in_a_sentence_that_says_what_to_type(tmp_path: Path, verb: list[str]):
    code, out, err = elsewhere(tmp_path, *verb)
    assert (code, out) == (1, "")
    assert "no such table" in err
    assert "manage.py migrate" in err
    assert "Traceback" not in err
    code, out, _ = elsewhere(tmp_path, *verb, "--json")
    assert (code, json.loads(out)["error"]["code"]) == (1, "database_unusable")


def test_from_a_shell_a_number_that_cannot_be_meant_leaves_with_2_before_anything_is_asked(tmp_path: Path):
    code, out, err = elsewhere(tmp_path, "jobs", "list", "--limit", "-1", "--user", "olga")
    assert (code, out) == (2, "")
    assert "argument --limit: -1 is less than 1" in err


def test_a_tick_whose_steps_fail_says_which_and_leaves_with_1(tmp_path: Path):
    code, out, _ = elsewhere(tmp_path, "tick")
    assert code == 1
    assert "jobs.reap: failed" in out.splitlines()
    code, out, _ = elsewhere(tmp_path, "tick", "--json")
    assert (code, json.loads(out)["jobs.reap"]) == (1, None)


def test_an_unknown_verb_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        webnet("plugin")


def test_two_modules_with_one_verb_are_refused_by_name():
    verb = Verb(name="poll", help="", run=print)

    with pytest.raises(PluginLoadError, match=r"acme\.cli and beta\.cli both bring the verb 'poll'"):
        collect_verbs([("acme.cli", [verb]), ("beta.cli", [verb])])
