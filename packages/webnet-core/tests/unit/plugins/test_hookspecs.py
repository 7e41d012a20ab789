"""Every hook says when it is called, what it gets and what it returns."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import webnet_core.hookspecs
from webnet_core.apps import hookspec_modules
from webnet_core.plugins.discovery import Found, Source
from webnet_core.plugins.items import HookKind, TickStep
from webnet_core.plugins.manager import Policy, build
from webnet_core.plugins.markers import decides, hook_info, hookimpl, registers

SPECS = {name: value for name, value in vars(webnet_core.hookspecs).items() if hook_info(value)}


def test_these_are_the_hooks_of_core_and_their_kinds():
    kinds = {name: hook_info(spec).kind for name, spec in SPECS.items()}

    assert {name for name, kind in kinds.items() if kind is HookKind.REGISTER} == {
        f"webnet_register_{word}"
        for word in (
            "channels",
            "event_types",
            "health_checks",
            "platforms",
            "secret_backends",
            "settings",
            "tasks",
            "tick_steps",
            "topics",
            "ui",
        )
    }
    assert {name: kind for name, kind in kinds.items() if kind is not HookKind.REGISTER} == {
        "webnet_execute_shard": HookKind.DECIDE,
        "webnet_plan_targets": HookKind.DECIDE,
        "webnet_check_submission": HookKind.GUARD,
        "webnet_event": HookKind.NOTIFY,
    }


@pytest.mark.parametrize("name", SPECS)
def test_a_hook_is_documented_whole(name: str):
    text = inspect.getdoc(SPECS[name]) or ""

    assert "When: " in text
    assert "Example::" in text
    assert "@hookimpl" in text
    assert ".. versionadded:: " in text
    for parameter in inspect.signature(SPECS[name]).parameters:
        assert f"    {parameter}: " in text
    assert ("Returns:" in text) == (hook_info(SPECS[name]).kind is not HookKind.NOTIFY)


def test_implementing_a_hook_that_is_going_away_warns_at_the_start():
    old = ModuleType("old_specs")
    replaced = DeprecationWarning("webnet_register_chores becomes webnet_register_tick_steps")

    def webnet_register_chores():
        """Chores."""

    class Acme:
        @hookimpl
        def webnet_register_chores(self):
            return []

    vars(old)["webnet_register_chores"] = registers(TickStep, key="key", warn_on_impl=replaced)(webnet_register_chores)
    source = Source(name="acme", module="acme", door="test", load=Acme)
    with pytest.warns(DeprecationWarning, match="becomes webnet_register_tick_steps"):
        build(found=Found(sources=(source,)), specs=[*hookspec_modules(), old], policy=Policy())


def test_a_hook_is_named_after_webnet():
    with pytest.raises(TypeError, match="starts with webnet_"):

        @decides
        def choose():
            return None
