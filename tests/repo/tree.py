"""What the tests of the repository look at: its tracked files, its packages, its functions."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("webnet-core", "webnet-nornir", "webnet-config", "webnet-compliance", "webnet-ui", "webnet-sim")
DJANGO_PACKAGES = PACKAGES[:-1]
WRITTEN_BY_OTHERS = ("/migrations/", "/static/", "/plugin_template/")


def module_of(package: str) -> str:
    """The import name of a package: `webnet-core` is `webnet_core`."""
    return package.replace("-", "_")


def source_of(package: str) -> Path:
    """The folder a package's wheel is made from."""
    return ROOT / "packages" / package / "src" / module_of(package)


def tracked() -> list[Path]:
    """Every file under version control, and every new one that is not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Name and text of the tracked text files, all or those with one of these suffixes."""
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def own_modules() -> list[Path]:
    """The Python modules of the packages, without migrations and what is not ours."""
    found = [path for package in PACKAGES for path in sorted(source_of(package).rglob("*.py"))]
    return [path for path in found if not any(part in path.as_posix() for part in WRITTEN_BY_OTHERS)]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function of a module, methods and inner ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_names() -> set[str]:
    """The name of every test function in the repository."""
    names: set[str] = set()
    for path in [*ROOT.glob("packages/*/tests/**/*.py"), *ROOT.glob("tests/**/*.py")]:
        names |= {name for name, _ in functions(path) if name.startswith("test_")}
    return names
