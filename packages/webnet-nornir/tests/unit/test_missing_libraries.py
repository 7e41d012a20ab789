"""A driver whose library is not installed: everything else works, and the error says what to install."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Finds nothing for the hidden names, as Python does for what is not installed; all else is Python's own finder.
PROGRAM = """
import importlib.machinery, json, sys
hidden = set(json.loads(sys.argv[1]))

class Hiding(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in hidden else super().find_spec(name, path, target)

sys.meta_path[:] = [Hiding if finder is importlib.machinery.PathFinder else finder for finder in sys.meta_path]

import django
django.setup()
from webnet_core.plugin import registry
from webnet_nornir.context import DeviceFacts
from webnet_nornir.choosing import choose
from webnet_nornir.exceptions import HostError

device = DeviceFacts(id=1, customer_id=1, hostname="r1", address="192.0.2.1", platform="cisco_ios", driver=sys.argv[2])
platform = registry("platforms").get("cisco_ios")
told = {}
for asked in ("", "netmiko", "scrapli", "napalm"):
    try:
        choice = choose(device, platform, "get_config", {"driver": asked})
        told[asked] = [choice.driver, choice.reason, list(choice.fallbacks)]
    except HostError as error:
        told[asked] = [error.category.value, error.message]
libraries = {"netmiko", "paramiko", "scrapli", "ssh2", "napalm"}
told["imported"] = sorted(libraries & set(sys.modules))
print(json.dumps(told))
"""


def without(*hidden, device=""):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, json.dumps(hidden), device]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("imported") == []
    return told


@pytest.mark.parametrize(
    ("hidden", "driver"),
    [("scrapli", "scrapli"), ("ssh2", "scrapli"), ("nornir_scrapli", "scrapli"), ("napalm", "napalm")],
)
def test_a_run_that_asks_for_it_is_told_what_to_install_and_others_pass_it_over(hidden, driver):
    told = without(hidden)

    assert told[driver] == [
        "driver_missing",
        f"The driver {driver} needs more: pip install 'webnet-nornir[{driver}]'.",
    ]
    others = [name for name in ("scrapli", "napalm") if name != driver]
    assert told[""] == ["netmiko", "Cisco IOS's default", others]


def test_a_device_that_prefers_it_uses_the_next_and_the_reason_says_what_to_install():
    told = without("napalm", "nornir_napalm", device="napalm")

    assert told[""] == [
        "netmiko",
        "Cisco IOS's default; napalm, the device's setting, is not installed (pip install 'webnet-nornir[napalm]')",
        ["scrapli"],
    ]


def test_without_netmiko_scrapli_takes_over_and_napalm_which_stands_on_it_is_out():
    told = without("netmiko", "nornir_netmiko", "napalm", "nornir_napalm")

    assert told[""] == [
        "scrapli",
        "Cisco IOS's next driver; netmiko is not installed (pip install 'webnet-nornir[netmiko]')",
        [],
    ]
    assert told["napalm"][0] == "driver_missing"


def test_without_any_the_first_of_the_platforms_order_is_named():
    told = without("netmiko", "nornir_netmiko", "scrapli", "ssh2", "nornir_scrapli", "napalm", "nornir_napalm")

    assert told[""] == [
        "driver_missing",
        "No driver for get_config on Cisco IOS is installed: pip install 'webnet-nornir[netmiko]'.",
    ]
