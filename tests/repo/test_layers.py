"""What the contracts of import-linter cannot say about core's rooms."""

from __future__ import annotations

import os
import subprocess
import sys

import grimp
import pytest

from tests.repo.tree import source_of

WITHOUT_DJANGO = ("webnet_core.plugin", "webnet_core.plugins.items", "webnet_core.platforms", "webnet_sim")
GATHERERS = {"webnet_core.models", "webnet_core.apps", "webnet_core.urls", "webnet_core.ops.urls", "webnet_core.checks"}


@pytest.mark.parametrize("module", WITHOUT_DJANGO)
def test_a_module_for_plugin_authors_loads_without_django(module: str):
    code = f"import sys, {module}; sys.exit('django' in sys.modules)"
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or f"{module} imported Django"


def test_nothing_below_the_api_imports_a_rooms_api():
    """A room's api.py belongs to the api layer: its own room must not lean on it."""
    graph = grimp.build_graph("webnet_core", exclude_type_checking_imports=True)
    core = source_of("webnet-core")
    rooms = {path.name for path in core.iterdir() if (path / "__init__.py").exists()} - {"api", "testing"}
    apis = {name for name in graph.modules if name.count(".") >= 2 and name.split(".")[2] == "api"}
    upwards = [
        f"{importer} -> {api}"
        for api in sorted(apis)
        for importer in sorted(graph.find_modules_that_directly_import(api))
        if importer.split(".")[1] in rooms and importer not in apis | GATHERERS
    ]
    assert upwards == []
