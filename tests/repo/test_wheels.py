"""What is in the source folder is in the wheel: templates, static files, migrations, py.typed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repo.tree import PACKAGES, ROOT, module_of, source_of, tracked


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The names inside a freshly built wheel of every package."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--offline", "--all-packages", "--wheel"]
    command += ["--no-build-isolation", "--python", sys.executable, "--out-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name.split("-")[0]: set(zipfile.ZipFile(path).namelist()) for path in Path(folder).glob("*.whl")}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_holds_every_file_of_the_source_folder(package: str, wheels: dict[str, set[str]]):
    source = source_of(package)
    wanted = {path.relative_to(source.parent).as_posix() for path in tracked() if path.is_relative_to(source)}
    assert f"{module_of(package)}/py.typed" in wanted
    assert wanted - wheels[module_of(package)] == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_wheel_holds_nothing_of_the_tests(package: str, wheels: dict[str, set[str]]):
    tops = {name.split("/")[0] for name in wheels[module_of(package)]}
    assert {top for top in tops if not top.endswith(".dist-info")} == {module_of(package)}
