"""The one place that reads installed distributions: entry points and versions. Imports no Django."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import importlib_metadata

GROUP = "webnet.plugins"


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """Name and version of what pip installed; both empty for code that belongs to no distribution."""

    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


def plugin_entry_points() -> list[importlib_metadata.EntryPoint]:
    """All entry points of the group ``webnet.plugins``, by name, then by value."""
    return sorted(importlib_metadata.entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def distribution_of_point(point: importlib_metadata.EntryPoint) -> Distribution:
    """The distribution that declares an entry point."""
    return Distribution(name=point.dist.name, version=point.dist.version) if point.dist is not None else Distribution()


@cache
def distribution_of_module(module: str) -> Distribution:
    """The distribution that installed the top-level package of `module`; an empty one where none did."""
    package = module.partition(".")[0]
    # An editable installation lists a .pth file, not its packages: then the package's own name is the best clue.
    for name in [*_packages().get(package, ()), package]:
        try:
            found = importlib_metadata.distribution(name)
        except importlib_metadata.PackageNotFoundError:
            continue
        return Distribution(name=found.name, version=found.version)
    return Distribution()


@cache
def _packages() -> dict[str, list[str]]:
    return {package: sorted(set(names)) for package, names in importlib_metadata.packages_distributions().items()}
