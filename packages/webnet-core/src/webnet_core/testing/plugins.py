"""Plugins in tests: load one for the length of a test, and see which hooks were called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from webnet_core.plugins.manager import LoadedPlugins
    from webnet_core.plugins.report import Call


class PluginSandbox:
    """Loads plugins beside the installed ones; when the test ends, everything is as before.

    `calls` lists the hook calls since the last `load`, in order.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.calls: list[Call] = []

    def load(self, **plugins: Any) -> LoadedPlugins:
        """Build all registries anew with `plugins` (name = module or object with hooks), asked before the others.

        A second call adds to the first.

        Raises:
            PluginError: One of them does not fit; those loaded before stay.
        """
        from webnet_core.plugins.manager import temporarily  # noqa: PLC0415 - no Django until a test asks

        self.calls.clear()
        return self._stack.enter_context(temporarily(*plugins.items(), trace=self.calls.append))


@pytest.fixture
def webnet_plugins() -> Iterator[PluginSandbox]:
    """Register plugins for one test: ``webnet_plugins.load(acme=my_plugin_module)``."""
    with ExitStack() as stack:
        yield PluginSandbox(stack)
