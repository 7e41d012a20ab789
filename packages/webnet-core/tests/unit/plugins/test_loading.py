"""Plugins are found by two doors, loaded in one order, and a broken one is loud."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from types import ModuleType

import pytest

from webnet_core.apps import hookspec_modules
from webnet_core.exceptions import (
    ConfigurationError,
    DuplicateRegistration,
    InvalidRegistration,
    PluginLoadError,
    RegistryFrozen,
    UnknownHook,
    UnknownKey,
)
from webnet_core.plugin import (
    NoParams,
    Platform,
    PlatformExtension,
    Settings,
    SettingsSection,
    TaskSpec,
    hookimpl,
    registry,
)
from webnet_core.plugins.discovery import Found, Source, find_sources
from webnet_core.plugins.distributions import plugin_entry_points
from webnet_core.plugins.manager import LoadedPlugins, Policy, build, loaded_plugins
from webnet_core.plugins.registry import unknown_key
from webnet_core.testing.plugins import PluginSandbox


def plugin(**hooks) -> ModuleType:
    """A module with these hooks."""
    module = ModuleType("in_a_test")
    vars(module).update(hooks)
    return module


def implement(name: str, answer, **options):
    """A plugin object with one hook that returns `answer`, or raises it where it is an exception."""

    def hook():
        if isinstance(answer, Exception):
            raise answer
        return answer

    hook.__name__ = name
    return plugin(**{name: hookimpl(hook, **options) if options else hookimpl(hook)})


def task(name: str) -> TaskSpec[NoParams]:
    return TaskSpec(name=name, title=name, run=print)


def platform(slug: str) -> Platform:
    return Platform(slug=slug, label=slug, vendor="Acme", names={"netmiko": slug}, drivers=("netmiko",))


def source(name: str, content: object, module: str = "") -> Source:
    def load() -> object:
        if isinstance(content, Exception):
            raise content
        return content

    return Source(name=name, module=module or f"{name}_plugin", door="entry point", load=load)


def load(*sources: Source, **policy) -> LoadedPlugins:
    """Build a machine of webnet-core and `sources`, without making it the process's own."""
    core = loaded_plugins().found.sources
    return build(found=Found(sources=(*sources, *core)), specs=hookspec_modules(), policy=Policy(**policy))


def test_core_is_a_plugin_like_any_other():
    names = [item.source.name for item in loaded_plugins().machine.loaded]

    assert names[-1] == "webnet_core"
    assert "cisco_ios" in registry("platforms")


def test_items_land_in_the_registry_with_their_owner(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=implement("webnet_register_tasks", [task("acme.uptime")]))

    assert registry("tasks")["acme.uptime"].title == "acme.uptime"
    assert registry("tasks").owner("acme.uptime") == "acme"


def test_a_temporary_plugin_is_gone_after_its_test(webnet_plugins: PluginSandbox):
    before = loaded_plugins()
    sandbox = PluginSandbox(stack := webnet_plugins._stack.__class__())
    with stack:
        sandbox.load(acme=implement("webnet_register_tasks", [task("acme.uptime")]))

    assert loaded_plugins() is before
    assert "acme.uptime" not in registry("tasks")


def test_an_unknown_key_unlike_any_names_the_first_ten_there_are():
    with pytest.raises(UnknownKey, match=r"^No 'zzz' in letters\. There are: k0, k1, k2"):
        raise unknown_key("letters", "zzz", [f"k{number}" for number in range(10)])
    assert str(unknown_key("letters", "zzz", [f"k{number}" for number in range(12)])).endswith("k9 and 2 more.")
    assert str(unknown_key("letters", "zzz", [])) == "No 'zzz' in letters."


def test_an_unknown_key_names_the_closest_one():
    with pytest.raises(UnknownKey, match="Did you mean cisco_ios") as caught:
        registry("platforms").get("cisco_iso")

    assert "cisco_ios" in caught.value.matches
    assert caught.value.code == "unknown_key"
    assert registry("platforms").get("nope", None) is None


def test_registries_are_frozen_after_loading():
    with pytest.raises(RegistryFrozen, match="after loading"):
        registry("tasks").add("acme.late", task("acme.late"), "acme")


def test_a_misspelt_hook_stops_the_start_and_says_what_was_meant():
    with pytest.raises(UnknownHook, match=r"webnet_register_taks.*Did you mean webnet_register_tasks"):
        load(source("acme", implement("webnet_register_taks", [])))


def test_a_hook_of_an_absent_package_is_fine_where_it_is_optional():
    loaded = load(source("acme", implement("webnet_register_rules", [], optionalhook=True)))

    assert loaded.machine.hooks_of("acme") == []


def test_a_misspelt_argument_stops_the_start():
    @hookimpl
    def webnet_check_submission(drafft):
        return None

    with pytest.raises(PluginLoadError, match="drafft"):
        load(source("acme", plugin(webnet_check_submission=webnet_check_submission)))


def test_a_plugin_may_take_fewer_arguments_than_the_spec(webnet_plugins: PluginSandbox):
    @hookimpl
    def webnet_check_submission(user):
        return None

    webnet_plugins.load(acme=plugin(webnet_check_submission=webnet_check_submission))

    assert loaded_plugins().machine.hooks_of("acme") == ["webnet_check_submission"]


@pytest.mark.parametrize("answer", [["run"], task("acme.one"), {"acme.one": task("acme.one")}, [TaskSpec]])
def test_something_else_than_a_list_of_items_is_refused_by_name(answer):
    with pytest.raises(InvalidRegistration, match=r"acme.*webnet_register_tasks") as caught:
        load(source("acme", implement("webnet_register_tasks", answer)))

    assert caught.value.plugin == "acme"
    assert caught.value.hook == "webnet_register_tasks"


@pytest.mark.parametrize("key", ["uptime", "Acme.Uptime", "acme.", "acme..uptime", "acme uptime", ""])
def test_a_malformed_key_is_refused(key: str):
    with pytest.raises(InvalidRegistration, match=r"acme\.<name>"):
        load(source("acme", implement("webnet_register_tasks", [task(key)])))


def test_webnets_own_packages_may_use_bare_task_names():
    own = source("webnet_nornir", implement("webnet_register_tasks", [task("ping_all")]), "webnet_nornir.webnet_plugin")

    assert "ping_all" in load(own).machine.registries["tasks"]


def test_two_plugins_with_one_key_stop_the_start_and_both_are_named():
    first = source("acme", implement("webnet_register_tasks", [task("shared.one")]))
    second = source("beta", implement("webnet_register_tasks", [task("shared.one")]))

    with pytest.raises(DuplicateRegistration, match=r"acme and beta.*shared\.one.*REPLACE"):
        load(first, second)


@pytest.mark.parametrize("order", [("acme", "beta"), ("beta", "acme")])
def test_the_site_says_who_wins_a_key(order: tuple[str, str]):
    sources = [source(name, implement("webnet_register_platforms", [platform("cisco_ios")])) for name in order]

    loaded = load(*sources, replace={"platforms": {"cisco_ios": "beta"}})

    assert loaded.machine.registries["platforms"].owner("cisco_ios") == "beta"


def test_a_replacement_by_a_plugin_that_has_no_such_key_stops_the_start():
    with pytest.raises(ConfigurationError, match="'beta' registers no 'cisco_ios'"):
        load(replace={"platforms": {"cisco_ios": "beta"}})


def test_an_extension_adds_lines_to_a_platform_of_another_plugin(webnet_plugins: PluginSandbox):
    extension = PlatformExtension(slug="cisco_ios", volatile=["^! polled"], names={"acme": "ios"})
    webnet_plugins.load(acme=implement("webnet_register_platforms", [extension]))

    ios = registry("platforms")["cisco_ios"]
    assert ios.volatile[-1] == "^! polled"
    assert ios.names["acme"] == "ios"
    assert registry("platforms").owner("cisco_ios") == "webnet_core"


def test_an_extension_of_nothing_is_refused():
    with pytest.raises(InvalidRegistration, match=r"acme.*cisco_iso.*Did you mean"):
        load(source("acme", implement("webnet_register_platforms", [PlatformExtension(slug="cisco_iso")])))


class AcmeSettings(SettingsSection):
    INTERVAL: int = 5


def test_a_plugin_declares_a_section_under_its_own_name_only():
    good = source("acme", implement("webnet_register_settings", [Settings(key="ACME", model=AcmeSettings)]))
    assert load(good).machine.registries["settings"]["ACME"].model is AcmeSettings

    bad = source("acme", implement("webnet_register_settings", [Settings(key="NORNIR", model=AcmeSettings)]))
    with pytest.raises(InvalidRegistration, match="'ACME'"):
        load(bad)


def test_a_broken_import_stops_the_start_with_name_and_cause():
    with pytest.raises(PluginLoadError, match=r"acme \(acme_plugin\): ImportError: no such thing") as caught:
        load(source("acme", ImportError("no such thing")))

    assert isinstance(caught.value.__cause__, ImportError)


def test_a_register_hook_that_raises_stops_the_start():
    with pytest.raises(PluginLoadError, match=r"acme.*webnet_register_tasks: ZeroDivisionError"):
        load(source("acme", implement("webnet_register_tasks", ZeroDivisionError("x"))))


@pytest.mark.parametrize(
    "broken",
    [
        implement("webnet_register_tasks", ZeroDivisionError("x")),
        implement("webnet_register_tasks", ["no task"]),
        implement("webnet_register_taks", []),
        implement("webnet_register_platforms", [platform("cisco_ios")]),
    ],
)
def test_quarantine_takes_out_all_of_a_broken_plugin_and_nothing_else(broken):
    good = source("good", implement("webnet_register_tasks", [task("good.one")]))

    loaded = load(source("acme", broken), good, failures="quarantine")

    assert [item.source.name for item in loaded.quarantined] == ["acme"]
    assert "good.one" in loaded.machine.registries["tasks"]
    assert loaded.machine.registries["platforms"].owner("cisco_ios") == "webnet_core"
    assert not loaded.machine.pluggy.has_plugin("acme")


def test_a_plugin_with_a_guard_is_never_quarantined():
    guard = implement("webnet_register_tasks", ["no task"])
    vars(guard)["webnet_check_submission"] = hookimpl(lambda: None)

    with pytest.raises(InvalidRegistration):
        load(source("acme", guard), failures="quarantine")


def test_what_was_probably_meant_as_a_guard_is_never_quarantined():
    with pytest.raises(UnknownHook, match="webnet_check_submission"):
        load(source("acme", implement("webnet_check_submision", [])), failures="quarantine")


@pytest.mark.parametrize("text", ["webnet_check_submission", "webnet_register_tasks"])
def test_a_module_that_cannot_be_imported_is_quarantined_only_if_it_names_no_guard(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "acme_broken.py").write_text(f"def {text}(): ...\nraise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    broken = source("acme", RuntimeError("broken"), "acme_broken")

    if text == "webnet_check_submission":
        with pytest.raises(PluginLoadError):
            load(broken, failures="quarantine")
    else:
        assert load(broken, failures="quarantine").quarantined[0].error.endswith("RuntimeError: broken")


def test_webnets_own_packages_are_never_quarantined():
    with pytest.raises(PluginLoadError):
        load(source("webnet_nornir", ImportError("gone"), "webnet_nornir.webnet_plugin"), failures="quarantine")


def test_hooks_that_are_no_question_of_order_take_no_order():
    with pytest.raises(InvalidRegistration, match="tryfirst"):
        load(source("acme", implement("webnet_register_tasks", [], tryfirst=True)))


def test_a_wrapper_is_refused():
    @hookimpl(wrapper=True)
    def webnet_event():
        return (yield)

    with pytest.raises(InvalidRegistration, match="cannot be wrapped"):
        load(source("acme", plugin(webnet_event=webnet_event)))


# --------------------------------------------------------------------------------------------------------- two doors


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings):
    """Write apps and distributions, and install them: ``site(apps={"acme": "…"}, points={"acme": "acme_rules"})``."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("webnet_core.plugins.discovery._Doors.unnamed_entry_points", True)
    written: list[str] = []

    def install(*, apps: dict[str, str] | None = None, points: dict[str, str] | None = None) -> None:
        for name, text in (apps or {}).items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text("")
            (tmp_path / name / "webnet_plugin.py").write_text(text)
            written.append(name)
        importlib.invalidate_caches()
        settings.INSTALLED_APPS = [*(apps or {}), *settings.INSTALLED_APPS]
        if points:
            meta = tmp_path / "acme_webnet-1.3.dist-info"
            meta.mkdir()
            (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-webnet\nVersion: 1.3\n")
            lines = "\n".join(f"{name} = {value}" for name, value in points.items())
            (meta / "entry_points.txt").write_text(f"[webnet.plugins]\n{lines}\n")
        importlib.invalidate_caches()

    yield install
    monkeypatch.setattr("webnet_core.plugins.discovery._Doors.unnamed_entry_points", False)
    del settings.INSTALLED_APPS
    for name in [module for module in sys.modules if module.partition(".")[0] in written]:
        del sys.modules[name]


# What this environment has installed besides the plugins of a test: the repository's own examples, perhaps more.
INSTALLED = frozenset(point.name for point in plugin_entry_points())


def names(found: Found) -> list[str]:
    return [one.name for one in found.sources if one.name not in INSTALLED]


@pytest.mark.parametrize("order", [("acme", "beta"), ("beta", "acme")])
def test_apps_are_asked_in_installed_apps_order_then_entry_points_by_name_then_webnet(site, order):
    site(apps=dict.fromkeys(order, ""), points={"zeta": "zeta_rules", "alpha": "alpha_rules"})

    assert names(find_sources(enabled=None, disabled=())) == [*order, "alpha", "zeta", "webnet_core"]


def test_a_host_app_labelled_core_is_another_than_webnet_core(site):
    site(apps={"core": ""})

    assert names(find_sources(enabled=None, disabled=())) == ["core", "webnet_core"]


def test_an_entry_point_brings_name_and_version_of_its_distribution(site):
    site(points={"acme": "acme_rules"})

    acme = find_sources(enabled=None, disabled=()).sources[0]

    assert str(acme) == "acme-webnet 1.3 (acme_rules)"
    assert acme.door == "entry point"


@pytest.mark.parametrize("value", ["acme.webnet_plugin", "acme"])
def test_one_plugin_installed_by_both_doors_is_registered_once_with_one_warning(site, value: str):
    site(apps={"acme": ""}, points={"acme": value})

    found = find_sources(enabled=None, disabled=())

    assert names(found) == ["acme", "webnet_core"]
    assert len(found.warnings) == 1
    assert "installed twice" in found.warnings[0]


def test_two_different_plugins_of_one_name_are_refused(site):
    site(apps={"acme": ""}, points={"acme": "other_rules"})

    with pytest.raises(PluginLoadError, match="both named 'acme'"):
        find_sources(enabled=None, disabled=())


def test_disabled_plugins_are_left_out_and_listed(site):
    site(apps={"acme": "", "beta": ""})

    found = find_sources(enabled=None, disabled=("acme", "gone"))

    assert names(found) == ["beta", "webnet_core"]
    assert [one.name for one in found.disabled] == ["acme"]
    assert "'gone'" in found.warnings[0]


def test_an_allow_list_is_exact(site):
    site(apps={"acme": "", "beta": ""})

    assert names(find_sources(enabled={"beta"}, disabled=())) == ["beta", "webnet_core"]
    with pytest.raises(ConfigurationError, match="no plugin named 'gone'"):
        find_sources(enabled={"gone"}, disabled=())


def test_core_cannot_be_disabled():
    with pytest.raises(ConfigurationError, match="cannot be left out"):
        find_sources(enabled=None, disabled=("webnet_core",))


def test_a_test_run_loads_only_the_entry_points_that_settings_name(site, monkeypatch: pytest.MonkeyPatch):
    site(points={"acme": "acme_rules", "beta": "beta_rules"})
    monkeypatch.setattr("webnet_core.plugins.discovery._Doors.unnamed_entry_points", False)

    assert names(find_sources(enabled=None, disabled=())) == ["webnet_core"]
    assert names(find_sources(enabled={"beta"}, disabled=())) == ["beta", "webnet_core"]


def test_a_missing_dependency_of_a_plugin_is_not_taken_for_a_missing_plugin(site):
    with pytest.raises(PluginLoadError, match=r"acme\.webnet_plugin\): ModuleNotFoundError.*a_library_nobody_has"):
        site(apps={"acme": "import a_library_nobody_has\n"})


APP_PLUGIN = """
from webnet_core.plugin import TaskSpec, hookimpl


@hookimpl
def webnet_register_tasks():
    return [TaskSpec(name="acme.one", title="One", run=print)]
"""


def test_plugins_follow_installed_apps_under_override_settings(site, settings):
    site(apps={"acme": APP_PLUGIN})
    assert "acme.one" in registry("tasks")

    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "acme"]
    assert "acme.one" not in registry("tasks")


def test_quarantine_is_logged(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR, logger="webnet.plugins"):
        load(source("acme", implement("webnet_register_tasks", ["no task"])), failures="quarantine")

    assert "acme" in caplog.text
    assert "quarantined" in caplog.text


def test_a_module_is_a_plugin_too(webnet_plugins: PluginSandbox):
    webnet_plugins.load(acme=plugin(webnet_register_tasks=hookimpl(lambda: [task("acme.one")])))

    assert "acme.one" in registry("tasks")


def test_an_unhashable_plugin_is_refused_by_name():
    with pytest.raises(PluginLoadError, match=r"acme.*unhashable"):
        load(source("acme", []))
