"""Everything in this folder, once more on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from webnet_core.testing.database import ServiceMissing, answers, postgres, services_required, started

HERE = Path(__file__)


def test_all_of_this_folder_holds_on_postgresql() -> None:
    both = [str(HERE.parent), str(HERE.with_name("only_postgresql.py")), f"--ignore={HERE}"]
    command = [sys.executable, "-m", "pytest", *both, "-q", "-p", "no:cacheprovider"]
    try:
        with postgres() as server:
            environment = {**os.environ, "WEBNET_TEST_POSTGRES_PORT": str(server.port)}
            done = subprocess.run(
                command, cwd=HERE.parents[2], env=environment, capture_output=True, text=True, timeout=1400, check=False
            )
    except ServiceMissing as error:
        if services_required():
            raise
        pytest.skip(f"NOT PROVEN ON POSTGRESQL: {error.message}")
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-5000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_where_none_listens_one_is_started_and_stopped_again() -> None:
    try:
        with started() as server:
            assert answers(server)
    except ServiceMissing as error:
        if services_required():
            raise
        pytest.skip(f"NOT PROVEN ON POSTGRESQL: {error.message}")
    assert not answers(server)
