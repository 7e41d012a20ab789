"""Each folder with settings of its own is one site, and one site is one process."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out the tests of sites that are not this process's own."""
    if collection_path.is_dir() and (collection_path / "settings.py").exists():
        own = os.environ.get("DJANGO_SETTINGS_MODULE", "").rpartition(".")[0]
        if own != f"tests.compositions.{collection_path.name}":
            return True
    return None
