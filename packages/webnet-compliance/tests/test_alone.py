"""The package as it is installed by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import requires, version

import webnet_compliance


def test_the_installed_version_is_the_one_the_package_says():
    assert version("webnet-compliance") == webnet_compliance.__version__


def test_it_asks_for_the_engine_and_for_nothing_that_stores_configurations():
    hard = [re.split(r"[<>=]", line)[0] for line in requires("webnet-compliance") or [] if "extra ==" not in line]
    assert hard == ["webnet-nornir"]


def test_importing_it_loads_no_django():
    code = "import sys, webnet_compliance; sys.exit('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr or "Django was imported"
