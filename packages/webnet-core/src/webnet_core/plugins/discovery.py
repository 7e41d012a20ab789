"""Where plugins come from: an installed app's `webnet_plugin` module, or an entry point. Finds, and imports nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Literal

from webnet_core.exceptions import ConfigurationError, PluginLoadError, SettingProblem
from webnet_core.plugins.distributions import (
    Distribution,
    distribution_of_module,
    distribution_of_point,
    plugin_entry_points,
)

logger = logging.getLogger("webnet.plugins")

APP_MODULE = "webnet_plugin"
CORE = "webnet_core"
OWN_PACKAGES = frozenset({CORE, "webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One plugin before it is loaded. `module` is what gets imported; `load` returns the object with the hooks."""

    name: str
    module: str
    door: Literal["app", "entry point", "test"]
    load: Callable[[], Any]
    find_distribution: Callable[[], Distribution] = Distribution

    @property
    def distribution(self) -> Distribution:
        """What installed it; looked for only now, for the files of every distribution may have to be listed."""
        return self.find_distribution()

    @property
    def own(self) -> bool:
        """Whether this is one of webnet's own packages, which are asked after everybody else."""
        return self.module.partition(".")[0] in OWN_PACKAGES

    def __str__(self) -> str:
        return f"{self.distribution} ({self.module})" if self.distribution.name else f"{self.name} ({self.module})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """All plugins in load order, those switched off, and what the operator should hear."""

    sources: tuple[Source, ...]
    disabled: tuple[Source, ...] = ()
    warnings: tuple[str, ...] = ()


class _Doors:
    """Which entry points count. The test kit closes the door to those that no setting names."""

    unnamed_entry_points = True


def close_unnamed_entry_points() -> None:
    """From now on load only the entry points that `PLUGINS_ENABLED` names; for test runs."""
    _Doors.unnamed_entry_points = False


def find_sources(*, enabled: Collection[str] | None, disabled: Collection[str]) -> Found:
    """Find every plugin of this process.

    Order: apps as in INSTALLED_APPS, entry points by name, then webnet's own packages as in INSTALLED_APPS.

    Args:
        enabled: Names of the only plugins to load besides webnet's own; None for all.
        disabled: Names of plugins to leave out.

    Raises:
        ConfigurationError: `enabled` names a plugin that is not installed, or `disabled` names webnet-core.
        PluginLoadError: Two different plugins have the same name.
    """
    apps = list(_app_sources())
    points = [source for source in _point_sources() if _counts(source, enabled)]
    sources, warnings = _drop_twins([*apps, *points])
    _refuse_same_names(sources)
    _check_names(sources, enabled, disabled)
    kept = [source for source in sources if _wanted(source, enabled, disabled)]
    left_out = tuple(source for source in sources if source not in kept)
    warnings += [
        f'WEBNET["CORE"]["PLUGINS_DISABLED"] names {name!r}, which is not installed.'
        for name in sorted(set(disabled) - {source.name for source in sources})
    ]
    ordered = sorted(kept, key=lambda source: source.own)
    return Found(sources=tuple(ordered), disabled=left_out, warnings=tuple(warnings))


def _app_sources() -> Iterable[Source]:
    from django.apps import apps  # noqa: PLC0415 - plugins load without Django too
    from django.utils.module_loading import module_has_submodule  # noqa: PLC0415 - the same

    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, APP_MODULE):
            module = f"{config.name}.{APP_MODULE}"
            yield Source(
                name=config.label,
                module=module,
                door="app",
                load=_importer(module),
                find_distribution=partial(distribution_of_module, module),
            )


def _importer(module: str) -> Callable[[], Any]:
    return lambda: import_module(module)


def _point_sources() -> Iterable[Source]:
    for point in plugin_entry_points():
        yield Source(
            name=point.name,
            module=point.module,
            door="entry point",
            load=point.load,
            find_distribution=partial(distribution_of_point, point),
        )


def _counts(source: Source, enabled: Collection[str] | None) -> bool:
    return _Doors.unnamed_entry_points or (enabled is not None and source.name in enabled)


def _drop_twins(sources: Iterable[Source]) -> tuple[list[Source], list[str]]:
    """Keep the first of two doors to the same code; an app stands before an entry point."""
    kept: list[Source] = []
    warnings: list[str] = []
    for source in sources:
        twin = next((other for other in kept if _same(other, source)), None)
        if twin is None:
            kept.append(source)
            continue
        warnings.append(
            f"Plugin {source.name!r} is installed twice, as {twin.door} {twin.module} and as {source.door} "
            f"{source.module}; it is loaded once, as {twin.door}. Remove one of the two."
        )
    return kept, warnings


def _same(first: Source, second: Source) -> bool:
    if first.module == second.module:
        return True
    package = first.module.removesuffix(f".{APP_MODULE}")
    return first.door == "app" and second.door == "entry point" and second.module == package


def _refuse_same_names(sources: Iterable[Source]) -> None:
    seen: dict[str, Source] = {}
    for source in sources:
        other = seen.setdefault(source.name, source)
        if other is not source:
            raise PluginLoadError(
                f"{other} and {source} are both named {source.name!r}; uninstall one, or rename its entry point.",
                plugin=source.name,
            )


def _check_names(sources: Iterable[Source], enabled: Collection[str] | None, disabled: Collection[str]) -> None:
    known = {source.name for source in sources}
    problems = [
        SettingProblem(path="CORE.PLUGINS_ENABLED", message=f"no plugin named {name!r} is installed.")
        for name in sorted(set(enabled or ()) - known)
    ]
    if CORE in disabled:
        problems.append(SettingProblem(path="CORE.PLUGINS_DISABLED", message=f"{CORE} cannot be left out."))
    if problems:
        raise ConfigurationError(problems=problems)


def _wanted(source: Source, enabled: Collection[str] | None, disabled: Collection[str]) -> bool:
    if source.name in disabled:
        return False
    return enabled is None or source.own or source.name in enabled
