"""Everything that was asked for has its place, and what is due is there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.repo.tree import PACKAGES, ROOT, module_of

TABLE = ROOT / "docs" / "explanation" / "decisions" / "index.md"
HOMES = {module_of(package) for package in PACKAGES} | {"example_project"}
IMPORT_ALL = """
import importlib, json, sys, django
django.setup()
missing = {}
for place in json.loads(sys.argv[1]):
    module, _, name = place.partition(":")
    try:
        found = importlib.import_module(module)
        if name and not hasattr(found, name):
            missing[place] = f"{module} has no {name}"
    except ImportError as error:
        missing[place] = str(error)
print(json.dumps(missing))
"""


@dataclass(frozen=True)
class Row:
    asked: str
    kind: str
    places: tuple[str, ...]
    due: str


def rows() -> list[Row]:
    """The rows of the table, without its two lines of heading."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]
    return [Row(asked, kind, tuple(re.findall(r"`([\w.:]+)`", here)), due) for asked, kind, here, due in cells]


@pytest.fixture(scope="module")
def missing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What of the places that are due cannot be imported, and why; asked once, in a process with Django set up."""
    due = sorted({place for row in rows() if row.due == "now" for place in row.places})
    state = str(tmp_path_factory.mktemp("state"))
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "example_project.settings", "WEBNET_STATE_DIR": state}
    command = [sys.executable, "-c", IMPORT_ALL, json.dumps(due)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("row", [row for row in rows() if row.due == "now"], ids=lambda row: f"{row.kind}: {row.asked}")
def test_what_is_due_is_where_the_table_says(row: Row, missing: dict[str, str]):
    assert row.places
    assert {place: missing[place] for place in row.places if place in missing} == {}


def test_every_row_names_a_place_in_one_of_our_packages():
    for row in rows():
        assert row.due in ("now", "planned"), row
        assert row.places, row
        assert {place.split(".")[0].split(":")[0] for place in row.places} <= HOMES, row


def test_the_table_is_as_long_as_what_was_asked_for():
    kinds = [row.kind for row in rows()]
    assert kinds.count("app") == 10
    assert {"app", "model", "task", "class", "module", "page", "socket", "endpoint"} == set(kinds)
