"""The sites here, and running each one's tests inside it: Django can be only one site at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EVERY_SITE = "tests/compositions/every_site.py"
SITES = sorted({path.parent.name for path in HERE.glob("*/test_*.py")})
SECONDS = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How the tests of one site went."""

    code: int
    output: str
    passed: int
    skipped: int


def run(site: str, scratch: Path) -> Report:
    """Run what holds everywhere and what is particular to `site` inside that site."""
    record = scratch / f"{site}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "--color=no", f"--junit-xml={record}"]
    command += ["-p", "no:cacheprovider", "-p", "no:webnet-sim"]  # its fixtures import what some sites leave out
    command += [f"--ds=tests.compositions.{site}.settings", EVERY_SITE, f"tests/compositions/{site}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    counted = [0, 0]
    if record.exists():
        for suite in ET.parse(record).getroot().iter("testsuite"):
            counted[0] += int(suite.get("tests", 0))
            counted[1] += int(suite.get("skipped", 0))
    return Report(code=done.returncode, output=done.stdout, passed=counted[0], skipped=counted[1])


def walked(settings: str) -> list[dict[str, Any]]:
    """Return what a walk through the site with these settings, in a process of its own, is answered."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": f"tests.compositions.{settings}"}
    environment.pop("COMPOSITION_DATABASE", None)
    command = [sys.executable, "-m", "tests.compositions.walk"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found
