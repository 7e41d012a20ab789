"""Every composition, each in a process of its own: Django can be only one site at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compositions.conftest import HERE

ROOT = HERE.parents[1]
EVERY_SITE = "tests/compositions/every_site.py"
SITES = sorted(path.parent.name for path in HERE.glob("*/test_*.py"))
AT_A_TIME = 2
SECONDS = 120


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


def wanted(items: Sequence[pytest.Item]) -> list[str]:
    """Return the sites whose test will run."""
    callspecs = [item.callspec for item in items if isinstance(item, pytest.Function) and hasattr(item, "callspec")]
    return [str(callspec.params["site"]) for callspec in callspecs if "site" in callspec.params]


@pytest.fixture(scope="session")
def reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Report]]]:
    """All sites' runs, a few at a time."""
    scratch = tmp_path_factory.mktemp("records")
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        yield {site: pool.submit(run, site, scratch) for site in wanted(request.session.items)}


@pytest.mark.parametrize("site", SITES)
def test_the_site_stands(site: str, reports: dict[str, Future[Report]]) -> None:
    report = reports[site].result()
    assert report.code == 0, report.output
    assert report.passed > 10
    assert report.skipped == 0


def test_every_composition_is_run() -> None:
    assert {path.parent.name for path in HERE.glob("*/settings.py")} == {*SITES, "hostile"}
