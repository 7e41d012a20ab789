"""The package as it is installed by itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import requires, version
from pathlib import Path

import pytest

import webnet_compliance

HERE = Path(__file__).parent.parent


def test_the_installed_version_is_the_one_the_package_says():
    assert version("webnet-compliance") == webnet_compliance.__version__


def test_it_asks_for_the_engine_and_for_nothing_that_stores_configurations():
    hard = [re.split(r"[<>=]", line)[0] for line in requires("webnet-compliance") or [] if "extra ==" not in line]
    assert hard == ["webnet-nornir"]


@pytest.mark.parametrize(
    "module", ["webnet_compliance", "webnet_compliance.plugin", "webnet_compliance.engine.evaluation"]
)
def test_rules_load_no_django(module):
    code = f"import sys, {module}; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "Django was imported"


@pytest.mark.parametrize("command", ["check", "makemigrations --check --dry-run"])
def test_a_site_with_only_its_dependencies_is_sound(command):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(HERE)}
    arguments = [sys.executable, "-m", "django", *command.split()]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
