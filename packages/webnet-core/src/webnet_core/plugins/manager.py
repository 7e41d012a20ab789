"""Load all plugins once, in one documented order; keep them; say what is loaded."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal

from webnet_core.exceptions import PluginError, PluginLoadError, PluginsNotLoaded
from webnet_core.plugins.discovery import Found, Source, find_sources
from webnet_core.plugins.items import HookKind
from webnet_core.plugins.machine import Loaded, Machine, blame
from webnet_core.plugins.markers import hook_info
from webnet_core.plugins.registry import Registry, install, registry
from webnet_core.plugins.report import PluginRow, Quarantined, Trace, failures
from webnet_core.plugins.sourcetext import names_any

__all__ = [
    "LoadedPlugins",
    "Policy",
    "build",
    "load_plugins",
    "loaded_plugins",
    "plugin_manager",
    "plugin_rows",
    "registry",
    "temporarily",
]

SETTINGS = "settings"
logger = logging.getLogger("webnet.plugins")


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What the site decides about plugins: section CORE of `WEBNET`."""

    failures: Literal["stop", "quarantine"] = "stop"
    enabled: frozenset[str] | None = None
    disabled: frozenset[str] = frozenset()
    replace: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedPlugins:
    """The machine that answers, and what did not get into it."""

    machine: Machine
    specs: tuple[ModuleType, ...]
    policy: Policy
    found: Found
    quarantined: tuple[Quarantined, ...] = ()


_loaded: LoadedPlugins | None = None


def load_plugins(trace: Trace | None = None) -> LoadedPlugins:
    """Find, import, register and check every plugin, fill the registries and freeze them.

    Called once from `WebnetCoreConfig.ready`, when all apps and models exist. Calling it again builds anew.

    Raises:
        PluginError: A plugin cannot be loaded, unless the site asked for quarantine and the plugin guards nothing.
        ConfigurationError: The settings about plugins are wrong.
    """
    from webnet_core.apps import hookspec_modules  # noqa: PLC0415 - apps imports this module
    from webnet_core.conf import settings  # noqa: PLC0415 - plugins load without Django too

    core = settings.CORE
    policy = Policy(
        failures=core.PLUGIN_FAILURES,
        enabled=None if core.PLUGINS_ENABLED is None else frozenset(core.PLUGINS_ENABLED),
        disabled=frozenset(core.PLUGINS_DISABLED),
        replace=core.REPLACE,
    )
    found = find_sources(enabled=policy.enabled, disabled=policy.disabled)
    for warning in found.warnings:
        logger.warning(warning)
    return _activate(build(found=found, specs=hookspec_modules(), policy=policy, trace=trace))


def build(*, found: Found, specs: Sequence[ModuleType], policy: Policy, trace: Trace | None = None) -> LoadedPlugins:
    """Build a machine from the sources found, without those that the policy lets us quarantine."""
    guards = _guard_names(specs)
    loaded, quarantined = _import_all(found.sources, policy, guards)
    while True:  # ends: each round either returns, raises, or takes one plugin out
        try:
            machine = Machine(
                specs=specs,
                loaded=loaded,
                replacements=policy.replace,
                declare_settings=_declare_settings,
                trace=trace,
            )
        except PluginError as error:
            culprit = _culprit(error, loaded)
            if culprit is None or not _may_quarantine(culprit, error, policy, guards):
                raise
            loaded = [item for item in loaded if item is not culprit]
            quarantined.append(_quarantine(culprit.source, error))
        else:
            return LoadedPlugins(
                machine=machine, specs=tuple(specs), policy=policy, found=found, quarantined=tuple(quarantined)
            )


def loaded_plugins() -> LoadedPlugins:
    """What is loaded now.

    Raises:
        PluginsNotLoaded: Django has not loaded its apps yet.
    """
    if _loaded is None:
        raise PluginsNotLoaded
    return _loaded


def plugin_manager() -> Machine:
    """The machine that answers hook calls now."""
    return loaded_plugins().machine


def plugin_rows() -> list[PluginRow]:
    """Every plugin found, in load order, with its state, hooks and items; then those left out."""
    current = loaded_plugins()
    rows = [_loaded_row(current.machine, item.source) for item in current.machine.loaded]
    rows += [_row(item.source, "quarantined", error=item.error) for item in current.quarantined]
    rows += [_row(source, "disabled") for source in current.found.disabled]
    return rows


@contextmanager
def temporarily(*plugins: tuple[str, Any], trace: Trace | None = None) -> Iterator[LoadedPlugins]:
    """Load further plugins for the length of a block, asked before those that are loaded; for tests.

    Args:
        plugins: Pairs of a name and the object (module or instance) with the hooks.
        trace: Told every hook call.
    """
    before = loaded_plugins()
    extra = tuple(
        Source(name=name, module=getattr(plugin, "__name__", type(plugin).__module__), door="test", load=_given(plugin))
        for name, plugin in plugins
    )
    found = Found(sources=(*extra, *(item.source for item in before.machine.loaded)))
    try:
        # Inside the try: a plugin that does not fit may have declared its settings before it failed.
        yield _activate(build(found=found, specs=before.specs, policy=before.policy, trace=trace))
    finally:
        _declare_settings(before.machine.registries[SETTINGS])
        _activate(before)


def _given(plugin: Any) -> Any:
    return lambda: plugin


def _activate(loaded: LoadedPlugins) -> LoadedPlugins:
    global _loaded  # noqa: PLW0603 - one process, one set of plugins
    install(loaded.machine.registries)
    _loaded = loaded
    return loaded


def _declare_settings(sections: Registry[Any]) -> None:
    from webnet_core.conf import declare  # noqa: PLC0415 - plugins load without Django too

    declare({key: section.model for key, section in sections.items()})


def _import_all(
    sources: Sequence[Source], policy: Policy, guards: frozenset[str]
) -> tuple[list[Loaded], list[Quarantined]]:
    loaded: list[Loaded] = []
    quarantined: list[Quarantined] = []
    for source in sources:
        try:
            with blame(source):
                loaded.append(Loaded(source=source, plugin=source.load()))
        except PluginLoadError as error:
            if not _may_quarantine(Loaded(source=source, plugin=None), error, policy, guards):
                raise
            quarantined.append(_quarantine(source, error))
    return loaded, quarantined


def _culprit(error: PluginError, loaded: Sequence[Loaded]) -> Loaded | None:
    """The plugin to take out; of two that clash, the stranger rather than webnet's own."""
    names = [error.plugin, error.data.get("other", "")]
    blamed = [item for name in names for item in loaded if item.source.name == name]
    return next((item for item in blamed if not item.source.own), None)


def _may_quarantine(item: Loaded, error: PluginError, policy: Policy, guards: frozenset[str]) -> bool:
    """Whether the site lets webnet start without this plugin: never without a guard, nor what may have been one."""
    if policy.failures != "quarantine" or item.source.own or error.data.get("closest") in guards:
        return False
    if item.plugin is None:
        return not names_any(item.source.module, guards)
    return not any(hasattr(item.plugin, guard) for guard in guards)


def _quarantine(source: Source, error: PluginError) -> Quarantined:
    logger.error("Plugin %s is quarantined: %s", source, error.message)
    return Quarantined(source=source, error=error.message)


def _guard_names(specs: Sequence[ModuleType]) -> frozenset[str]:
    infos = (hook_info(value) for module in specs for value in vars(module).values())
    return frozenset(info.name for info in infos if info is not None and info.kind is HookKind.GUARD)


def _loaded_row(machine: Machine, source: Source) -> PluginRow:
    owned = {
        word: tuple(entry.key for entry in registered.entries() if entry.plugin == source.name)
        for word, registered in machine.registries.items()
    }
    items = {word: keys for word, keys in owned.items() if keys}
    return _row(source, "loaded", hooks=tuple(machine.hooks_of(source.name)), items=items)


def _row(
    source: Source,
    state: str,
    *,
    hooks: tuple[str, ...] = (),
    items: Mapping[str, tuple[str, ...]] | None = None,
    error: str = "",
) -> PluginRow:
    return PluginRow(
        name=source.name,
        state=state,
        module=source.module,
        door=source.door,
        distribution=source.distribution.name,
        version=source.distribution.version,
        hooks=hooks,
        items=items or {},
        failures=failures.of(source.name),
        error=error,
    )
