"""Plugins and settings that do not behave stop the start and say which and why, or are locked out where asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.compositions.processes import ROOT, run_python

APPS = ROOT / "tests/compositions/hostile/apps"


def start(
    *apps: str, verb: Sequence[str] = ("check",), webnet: Mapping[str, Any] | None = None
) -> CompletedProcess[str]:
    """Run a management command of the site with these apps and these sections of WEBNET."""
    return run_python(
        *("-m", "django", *verb),
        PYTHONPATH=f"{ROOT}{os.pathsep}{APPS}",
        DJANGO_SETTINGS_MODULE="tests.compositions.hostile.settings",
        HOSTILE_APPS=",".join(apps),
        HOSTILE_WEBNET=json.dumps(webnet or {}),
    )


def last_line(done: CompletedProcess[str]) -> str:
    assert done.returncode != 0, done.stdout
    return done.stderr.strip().splitlines()[-1]


def test_a_plugin_that_breaks_stops_the_start_and_is_named() -> None:
    told = last_line(start("torn"))
    assert "torn (torn.webnet_plugin)" in told
    assert "ZeroDivisionError: the torn plugin divides by nothing" in told


def test_two_plugins_with_one_key_stop_the_start_until_the_site_says_which_wins() -> None:
    told = last_line(start("left", "right"))
    assert "left and right both register 'contested' in platforms" in told
    assert '"REPLACE"' in told
    listed = start(
        "left",
        "right",
        verb=("webnet", "plugins", "--json"),
        webnet={"CORE": {"REPLACE": {"platforms": {"contested": "right"}}}},
    )
    rows = {row["name"]: row for row in json.loads(listed.stdout)["plugins"]}
    assert (rows["left"]["items"], rows["right"]["items"]) == ({}, {"platforms": ["contested"]})


def test_a_key_of_webnets_own_is_taken_too() -> None:
    told = last_line(start("thief"))
    assert "thief and webnet_core both register" in told or "webnet_core and thief both register" in told


def test_a_hook_that_nobody_specifies_stops_the_start_with_what_was_meant() -> None:
    told = last_line(start("misspelt"))
    assert "misspelt" in told
    assert "Did you mean webnet_register_tasks?" in told


@pytest.mark.parametrize(
    ("webnet", "told"),
    [
        ({"CORE": {"ENCRYPTION_KEY": "x"}}, "Did you mean ENCRYPTION_KEYS?"),
        ({"CROE": {"SHARD_SIZE": 5}}, "Did you mean CORE?"),
        ({"CORE": {"SHARD_SIZE": 0}}, "Input should be greater than or equal to 1"),
    ],
)
def test_a_setting_that_is_unknown_or_wrong_stops_the_start(webnet: dict[str, Any], told: str) -> None:
    done = start(webnet=webnet)
    assert done.returncode != 0
    assert told in done.stderr


def test_a_broken_plugin_can_be_quarantined_and_the_rest_goes_on() -> None:
    locked = {"CORE": {"PLUGIN_FAILURES": "quarantine"}}
    checked = start("torn", "left", webnet=locked)
    assert checked.returncode == 0, checked.stderr
    assert "webnet.W001" in checked.stderr
    assert "torn" in checked.stderr
    listed = start("torn", "left", verb=("webnet", "plugins", "--json"), webnet=locked)
    assert listed.returncode == 1
    rows = {row["name"]: row for row in json.loads(listed.stdout)["plugins"]}
    assert rows["torn"]["state"] == "quarantined"
    assert "divides by nothing" in rows["torn"]["error"]
    assert (rows["left"]["state"], rows["left"]["items"]) == ("loaded", {"platforms": ["contested"]})


def test_a_plugin_that_guards_something_is_never_quarantined() -> None:
    told = last_line(start("gate", webnet={"CORE": {"PLUGIN_FAILURES": "quarantine"}}))
    assert "gate (gate.webnet_plugin)" in told
