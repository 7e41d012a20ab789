"""The commands that AGENTS.md marks `tested` work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.repo.tree import ROOT

COMMANDS = re.findall(r"^\| `([^`]+)` \|.*\| tested \|$", (ROOT / "AGENTS.md").read_text(), re.MULTILINE)


def test_agents_md_marks_commands_as_tested():
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_agents_md_works(command: str, tmp_path: Path):
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DJANGO_SETTINGS_MODULE", "MAKEFLAGS"}
    }
    done = subprocess.run(
        shlex.split(command), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_makefile_has_every_target_it_promises():
    makefile = (ROOT / "Makefile").read_text()
    promised = "help setup demo demo-reset migrate superuser seed run worker beat css test lint types docs build clean"
    assert [name for name in promised.split() if not re.search(rf"^{name}:.* ## ", makefile, re.MULTILINE)] == []
