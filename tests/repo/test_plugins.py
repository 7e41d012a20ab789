"""The example plugins are what they are shown as: small, and on the public doors alone."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repo.tree import PACKAGES, ROOT, module_of

PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
OURS = {module_of(package) for package in PACKAGES}
DOORS = re.compile(r"webnet_[a-z]+\.plugin\Z|webnet_core\.testing(?:\.[a-z_]+)?\Z")
MOST_LINES = 30


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_there_are_example_plugins():
    assert {path.name for path in PLUGINS} >= {"webnet-acme-os", "webnet-acme-checks"}


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_imports_nothing_of_ours_but_the_public_doors(plugin: Path):
    used = {(name, path.name) for path in plugin.rglob("*.py") for name in imported(path)}
    ours = {(name, file) for name, file in used if name.partition(".")[0] in OURS}
    assert ours, "it imports nothing of webnet"
    assert {(name, file) for name, file in ours if not DOORS.match(name)} == set()


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugins_code_needs_no_test_kit(plugin: Path):
    used = {name for path in (plugin / "src").rglob("*.py") for name in imported(path)}
    assert {name for name in used if name.startswith("webnet_core.testing")} == set()


def test_a_vendor_takes_less_than_thirty_lines():
    (module,) = (ROOT / "plugins" / "webnet-acme-os" / "src").rglob("*.py")
    assert len(module.read_text().splitlines()) < MOST_LINES


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: path.name)
def test_a_plugin_is_found_by_its_entry_point_and_asks_for_ours_by_range(plugin: Path):
    project = tomllib.loads((plugin / "pyproject.toml").read_text())["project"]
    assert list(project["entry-points"]) == ["webnet.plugins"]
    assert [line for line in project["dependencies"] if not re.fullmatch(r"webnet-[a-z]+>=[\d.]+,<[\d.]+", line)] == []
