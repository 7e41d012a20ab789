"""Rules and platforms load where there is no Django."""

from __future__ import annotations

import subprocess
import sys

import pytest

import webnet_core.plugin as door

SCRIPT = """
import sys
import {module}
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in ("django", "rest_framework"))
sys.exit(", ".join(loaded[:5]) or 0)
"""


@pytest.mark.parametrize(
    "module",
    ["webnet_core.plugin", "webnet_core.platforms", "webnet_core.plugins.items", "webnet_core.exceptions"],
)
def test_importing_loads_no_django(module: str):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(module=module)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_pytest_plugin_needs_no_configured_django():
    script = "import webnet_core.testing.pytest_plugin"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_public_door_is_sorted_and_everything_in_it_is_there():
    assert door.__all__ == sorted(door.__all__, key=lambda name: (not name.isupper(), name.islower(), name))
    for name in door.__all__:
        assert getattr(door, name) is not None


def test_what_is_not_in_the_door_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = door.nothing
