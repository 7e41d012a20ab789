"""A new site's state on SQLite, migrated and with its administrator: made once for this code, copied by every test.

Migrating takes several seconds of a processor; what it leaves is the same for every site with the same code.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Git ignores it, and a fresh clone has none.
STORE = ROOT / ".state" / "prepared"
SOURCES = ("packages/*/src", "example_project", "tests/e2e")


def copy_prepared(target: Path, make: Callable[[Path], None]) -> None:
    """Fill `target` with a new site's state; `make` makes it in the folder it is given, if no run has so far."""
    STORE.mkdir(parents=True, exist_ok=True)
    kept = STORE / _digest()
    with (STORE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for outdated in STORE.glob("*/"):
                shutil.rmtree(outdated)
            with tempfile.TemporaryDirectory(dir=STORE) as draft:
                make(Path(draft, "state"))
                Path(draft, "state").rename(kept)
        shutil.copytree(kept, target, dirs_exist_ok=True)


def _digest() -> str:
    """Return what stands for the code, the Python and the Django that a state was made with."""
    found = hashlib.sha256(f"{sys.version} {version('django')}".encode())
    for path in _sources():
        found.update(path.relative_to(ROOT).as_posix().encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:20]


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        for folder in sorted(ROOT.glob(pattern)):
            yield from sorted(folder.rglob("*.py"))
