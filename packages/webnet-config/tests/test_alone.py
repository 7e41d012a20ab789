"""The package works with what it declares, and nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent.parent
WITHOUT_UI = """
import django
django.setup()
from django.urls import get_resolver, reverse
import sys
assert reverse("webnet:api-config-snapshots-detail", args=[1]) == "/api/v1/config/snapshots/1/"
assert not [name for name in sys.modules if name.startswith("webnet_ui")], "webnet_ui was imported"
from django.urls import NoReverseMatch
try:
    reverse("webnet:config-snapshot", args=[1])
except NoReverseMatch:
    print("no pages")
"""


def run_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_alone", "PYTHONPATH": str(HERE)}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", ["check", "makemigrations --check --dry-run"])
def test_a_site_with_only_its_dependencies_is_sound(command):
    done = run_alone("-m", "django", *command.split())
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_interface_there_is_the_api_and_no_page():
    done = run_alone("-c", WITHOUT_UI)
    assert done.stdout == "no pages\n", done.stderr
