"""The committed pins: hashed, complete, and without a word of where they were resolved."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.repo.tree import PACKAGES, ROOT

FILES = sorted((ROOT / "constraints").glob("py3*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text()))


def names(requirements: list[str]) -> set[str]:
    """The distributions that requirements name, in the spelling of the pins."""
    return {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", line)[0]).lower() for line in requirements}


def test_each_supported_python_has_its_file():
    assert [path.stem for path in FILES] == ["py311", "py312", "py313"]


@pytest.mark.parametrize("path", [*FILES, ROOT / "constraints" / "uv.txt"], ids=lambda path: path.stem)
def test_every_pin_has_hashes_and_nothing_else_stands_there(path: Path):
    pinned = 0
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        assert re.fullmatch(r"([\w.-]+==\S+(?: ; .+?)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?)", line), line
        pinned += not line.startswith(" ")
    assert pinned == len(pins(path)) > 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_a_package_asks_for_is_pinned(path: Path):
    pinned = set(pins(path))
    for package in PACKAGES:
        project = tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())["project"]
        asked = names(project.get("dependencies", []))
        for extra in project.get("optional-dependencies", {}).values():
            asked |= names(extra)
        ours = {name for name in asked if name.startswith("webnet-")}
        assert asked - ours - pinned == set(), f"{package}: run `make lock`"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_opened_up_inside_is_pinned_alike_everywhere(path: Path):
    """Private parts of these are used to abort a hanging session: another release is another contract."""
    reference = pins(FILES[0])
    for name in ("netmiko", "paramiko", "nornir", "nornir-netmiko"):
        assert pins(path)[name] == reference[name]


def test_the_oldest_python_gets_the_long_term_django():
    assert pins(FILES[0])["django"].startswith("5.2.")
