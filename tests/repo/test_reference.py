"""The reference says what the code says, and no hook comes without its heading and its test."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.repo.tree import ROOT, test_names

COLLECT = """
import json, sys
sys.path.insert(0, "docs")
import generate
pages = generate.pages()
hooks = {function.__name__: generate.signature_of(function) for _, function in generate.hookspecs()}
print(json.dumps({"pages": {str(path): text for path, text in pages.items()}, "hooks": hooks}))
"""


@pytest.fixture(scope="module")
def generated() -> dict[str, dict[str, str]]:
    """What docs/generate.py would write now, from a process of its own: it sets Django up."""
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-c", COLLECT]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["hooks.md", "settings.md", "checks.md", "drivers.md", "public-api.txt"])
def test_a_generated_page_says_what_the_code_says(name: str, generated: dict):
    path = ROOT / "docs" / "reference" / name
    assert path.read_text() == generated["pages"][str(path)], "run `make reference`"


def test_every_hook_has_a_heading_with_its_exact_signature(generated: dict):
    page = (ROOT / "docs" / "reference" / "hooks.md").read_text()
    assert generated["hooks"], "no hook was found"
    missing = [
        name for name, signature in generated["hooks"].items() if f"### {name}\n\n```python\n{signature}" not in page
    ]
    assert missing == []


def test_every_hook_has_a_test_of_its_name(generated: dict):
    tests = test_names()
    untested = [name for name in generated["hooks"] if not any(name.removeprefix("webnet_") in test for test in tests)]
    assert untested == [], "name a test after each, for example test_register_tasks_..."
