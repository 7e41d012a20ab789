"""What a site has not installed, though this environment has: from here on nobody can import or find it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from types import ModuleType
from typing import Any


class _Without:
    """Asks the finders that were there, but not about the names that are to be absent."""

    def __init__(self, names: frozenset[str], finders: Sequence[Any]) -> None:
        self.names = names
        self.finders = finders

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self.names:
            return None
        for finder in self.finders:
            spec: ModuleSpec | None = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
        return None

    def find_distributions(self, context: DistributionFinder.Context) -> Iterator[Distribution]:
        """Leave the record of what is installed as it is: it serves versions and entry points."""
        for finder in self.finders:
            if hasattr(finder, "find_distributions"):
                yield from finder.find_distributions(context)


def leave_out(*names: str) -> None:
    """Make the top-level packages `names` as absent as if they had never been installed.

    Raises:
        AssertionError: one of them is imported already, so that leaving it out would prove nothing.
    """
    present = sorted(name for name in names if name in sys.modules)
    assert not present, f"imported before the settings: {present}"
    sys.meta_path[:] = [_Without(frozenset(names), list(sys.meta_path))]


def left_out() -> frozenset[str]:
    """Return what this process does without."""
    return frozenset().union(*(finder.names for finder in sys.meta_path if isinstance(finder, _Without)))
