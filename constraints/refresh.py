"""Write the hashed constraints anew: one file for each Python that is supported, and one for uv itself.

`make lock` runs this. The files hold names, versions and hashes only: no address of an index and no path of the machine
they were made on, so that whoever installs from them is free to use a mirror. Packages of this repository are left out;
they are installed from the work tree or from wheels.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
OURS = ("core", "nornir", "config", "compliance", "ui", "sim")
HEADER = "# Written by `make lock` for {whom}. Do not edit.\n"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def compile_for(python: str, target: Path, *, upgrade: bool) -> None:
    """Resolve the group `dev` for one Python and write names, versions and hashes to `target`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--group", "pyproject.toml:dev"]
    command += ["--python-version", python, "--python-platform", "linux", "--generate-hashes"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    for name in OURS:
        command += ["--no-emit-package", f"webnet-{name}"]
    if upgrade:
        command.append("--upgrade")
    elif target.exists():
        command += ["--output-file", str(target)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"uv could not resolve for Python {python}:\n{done.stderr}")
    text = target.read_text() if "--output-file" in command else done.stdout
    target.write_text(HEADER.format(whom=f"Python {python}") + without_ours(text))


def without_ours(text: str) -> str:
    """Drop our own editable entries and comments, which hold paths."""
    lines = [line for line in text.splitlines() if not re.match(r"(-e |\./|file:|webnet-|#)", line)]
    return "\n".join(lines).strip() + "\n"


def environment() -> dict[str, str]:
    """Trust the machine's certificates where it has them, as pip does."""
    return os.environ | ({"UV_SYSTEM_CERTS": "1"} if CERTIFICATES.exists() else {})


def entry(text: str, package: str) -> str:
    """The lines of one package: its pin and its hashes."""
    found = re.search(rf"^{package}==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"{package} is missing from the resolution; is it in the group `build`?")
    return found.group(0)


def main() -> None:
    """Refresh every file; `--upgrade` also moves the pins to the newest allowed releases."""
    upgrade = "--upgrade" in sys.argv[1:]
    for python in PYTHONS:
        target = ROOT / "constraints" / f"py{python.replace('.', '')}.txt"
        compile_for(python, target, upgrade=upgrade)
        print(f"{target.relative_to(ROOT)}: {target.read_text().count('==')} packages")
    oldest = (ROOT / "constraints" / f"py{PYTHONS[0].replace('.', '')}.txt").read_text()
    (ROOT / "constraints" / "uv.txt").write_text(HEADER.format(whom="every Python") + entry(oldest, "uv"))


if __name__ == "__main__":
    main()
