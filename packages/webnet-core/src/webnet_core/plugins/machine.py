"""One loaded set of plugins: pluggy's manager, the registries and who implements what. Imports no Django.

A machine is built whole from a list of sources or not at all: a plugin that does not fit is taken out by building
another machine without it, so nothing of it can stay behind.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pluggy

from webnet_core.exceptions import InvalidRegistration, PluginError, PluginLoadError, UnknownHook, WebnetError
from webnet_core.plugins.collect import Replacements, collect, items_of
from webnet_core.plugins.discovery import Source
from webnet_core.plugins.items import HookKind
from webnet_core.plugins.markers import PROJECT, HookInfo, hook_info
from webnet_core.plugins.registry import Registry, unknown_key
from webnet_core.plugins.report import Call, Trace

SETTINGS_HOOK = "webnet_register_settings"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """One plugin of a machine: where it came from and the object that has its hooks."""

    source: Source
    plugin: Any


class Machine:
    """Plugins registered in order, their hooks checked, their items collected.

    Args:
        specs: The modules that specify hooks.
        loaded: The plugins, first asked first.
        replacements: Which plugin wins a contested key, by registry.
        declare_settings: Called with the settings sections before any other register hook runs.
        trace: Told every hook call.

    Raises:
        PluginError: A plugin does not fit; the error names it.
    """

    def __init__(
        self,
        *,
        specs: Sequence[ModuleType],
        loaded: Sequence[Loaded],
        replacements: Replacements,
        declare_settings: Callable[[Registry[Any]], None],
        trace: Trace | None = None,
    ) -> None:
        self.pluggy = pluggy.PluginManager(PROJECT)
        self.trace = trace
        self.loaded = tuple(loaded)
        self._sources = {item.source.name: item.source for item in loaded}
        self.hooks = self._add_specs(specs)
        for item in reversed(self.loaded):  # pluggy asks the last registered first
            self._register(item)
        self.pluggy.check_pending()
        self._callers = {name: tuple(self._order(name)) for name in self.hooks}
        self.registries = self._collect(replacements, declare_settings)

    def callers(self, hook: str) -> Sequence[tuple[Source, Callable[..., list[Any]]]]:
        """Who implements `hook`, first asked first, each with a way to ask this one alone.

        Raises:
            UnknownKey: Nobody specifies such a hook.
        """
        if hook not in self._callers:
            raise unknown_key("hooks", hook, self._callers)
        return self._callers[hook]

    def hooks_of(self, plugin: str) -> list[str]:
        """Names of the hooks a plugin implements, sorted."""
        return sorted(name for name, callers in self._callers.items() if plugin in {who.name for who, _ in callers})

    def ask(self, hook: str, source: Source, caller: Callable[..., list[Any]], arguments: Mapping[str, Any]) -> Any:
        """Call one plugin's implementation of a hook; None where it has nothing to say."""
        try:
            results = caller(**arguments)
        except Exception as error:
            self._record(hook, source, error)
            raise
        answer = results[0] if results else None
        self._record(hook, source, answer)
        return answer

    def _record(self, hook: str, source: Source, result: Any) -> None:
        if self.trace is not None:
            self.trace(Call(hook=hook, plugin=source.name, result=result))

    def _add_specs(self, specs: Iterable[ModuleType]) -> dict[str, HookInfo]:
        hooks: dict[str, HookInfo] = {}
        for module in specs:
            self.pluggy.add_hookspecs(module)
            found = (hook_info(value) for value in vars(module).values())
            hooks |= {info.name: info for info in found if info is not None}
        return hooks

    def _register(self, item: Loaded) -> None:
        source = item.source
        with blame(source):
            hash(item.plugin)  # pluggy keeps plugins in sets; an unhashable one would fail later and namelessly
            self.pluggy.register(item.plugin, name=source.name)
        for caller in self.pluggy.get_hookcallers(item.plugin) or ():
            for implementation in caller.get_hookimpls():
                if implementation.plugin is item.plugin:
                    self._check_implementation(source, caller, implementation)

    def _check_implementation(self, source: Source, caller: Any, implementation: Any) -> None:
        name = caller.name
        info = self.hooks.get(name) if caller.has_spec() else None
        if info is None:
            if not implementation.optionalhook:
                raise self._unknown_hook(source, name)
        elif implementation.wrapper or implementation.hookwrapper:
            raise InvalidRegistration(f"{source}: {name} cannot be wrapped.", plugin=source.name, hook=name)
        elif (implementation.tryfirst or implementation.trylast) and info.kind is not HookKind.DECIDE:
            raise InvalidRegistration(
                f"{source}: tryfirst and trylast mean something only where plugins decide; take them off {name}.",
                plugin=source.name,
                hook=name,
            )

    def _unknown_hook(self, source: Source, name: str) -> UnknownHook:
        closest = "".join(difflib.get_close_matches(name, self.hooks, n=1, cutoff=0.6))
        hint = f"Did you mean {closest}?" if closest else "Mark it optionalhook=True if its package may be absent."
        return UnknownHook(
            f"{source} implements {name}, which no installed package specifies. {hint}",
            plugin=source.name,
            hook=name,
            closest=closest,
        )

    def _order(self, name: str) -> Iterator[tuple[Source, Callable[..., list[Any]]]]:
        plugins = self.pluggy.get_plugins()
        hook = getattr(self.pluggy.hook, name)
        asked_first = list(reversed(hook.get_hookimpls()))
        implementations = sorted(asked_first, key=lambda one: self._sources[one.plugin_name].own)
        for implementation in implementations:
            others = plugins - {implementation.plugin}
            yield self._sources[implementation.plugin_name], self.pluggy.subset_hook_caller(name, others)

    def _collect(
        self, replacements: Replacements, declare_settings: Callable[[Registry[Any]], None]
    ) -> dict[str, Registry[Any]]:
        registries: dict[str, Registry[Any]] = {}
        registering = [info for info in self.hooks.values() if info.kind is HookKind.REGISTER]
        registering.sort(key=lambda info: info.name != SETTINGS_HOOK)
        unknown = set(replacements) - {info.word for info in registering}
        if unknown:
            raise unknown_key('registries (WEBNET["CORE"]["REPLACE"])', min(unknown), [i.word for i in registering])
        for info in registering:
            answers = [(source, self._items(info, source, caller)) for source, caller in self.callers(info.name)]
            registries[info.word] = collect(info, answers, replacements)
            if info.name == SETTINGS_HOOK:
                declare_settings(registries[info.word])
        return registries

    def _items(self, info: HookInfo, source: Source, caller: Callable[..., list[Any]]) -> list[Any]:
        with blame(source, info.name):
            return items_of(info, source, self.ask(info.name, source, caller, {}))


@contextmanager
def blame(source: Source, hook: str = "") -> Iterator[None]:
    """Turn whatever a plugin's code raises while it is loaded into a `PluginLoadError` that names the plugin."""
    try:
        yield
    except PluginError:
        raise
    except Exception as error:
        place = f", hook {hook}" if hook else ""
        cause = error.message if isinstance(error, WebnetError) else f"{type(error).__name__}: {error}"
        raise PluginLoadError(f"{source}{place}: {cause}", plugin=source.name, hook=hook) from error
