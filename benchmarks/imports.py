"""`python -m benchmarks.imports`: 10,000 devices from a CSV file, on SQLite and on PostgreSQL, each act in a process.

A dry run of all as new, its commit, a dry run and a commit that change every one of them, the export and the undo. An
act that takes 300 MB or more is a failure, and so is one that does not do what it is for.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.e2e.site import ROOT
from webnet_core.testing.database import PostgresAddress, ServiceMissing, postgres

MUST_MB = 300
STEPS = (
    ("dry run, all new", "preview", "new.csv", "'new': {n}"),
    ("commit", "commit", "new.csv", "committed"),
    ("dry run, all changed", "preview", "changed.csv", "'update': {n}"),
    ("commit of it", "commit", "changed.csv", "committed"),
    ("export", "export", "changed.csv", "bytes"),
    ("undo", "undo", "changed.csv", "undone"),
)


def main() -> int:
    """Print a line for each act; return 1 where one failed or took too much."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.imports", description="What an import takes.")
    parser.add_argument("--devices", type=int, default=10_000, help="rows of the file")
    count = parser.parse_args().devices
    failed = False
    for database, environment in _databases():
        with tempfile.TemporaryDirectory(prefix="webnet-bench-") as folder:
            for line in measure(Path(folder), environment, count):
                over = line["peak_mb"] >= MUST_MB
                failed |= over or not line["done"]
                verdict = "MISSED" if over else "FAILED" if not line["done"] else ""
                print(
                    f"{database:10} {line['what']:22} {line['seconds']:6.2f} s  CPU {line['cpu']:6.2f} s"
                    f"  peak {line['peak_mb']:6.1f} MB ({line['before_mb']:.1f} before)  {verdict}",
                    flush=True,
                )
    return int(failed)


def measure(folder: Path, environment: dict[str, str], count: int) -> Iterator[dict[str, Any]]:
    """Yield what each step took."""
    write_file(folder / "new.csv", count, role="access")
    write_file(folder / "changed.csv", count, role="core")
    own = {"WEBNET_TEST_DATABASE": str(folder / "bench.sqlite3"), **environment}
    _run(own, "prepare")
    for what, act, name, wanted in STEPS:
        found = json.loads(_run(own, act, str(folder / name)))
        yield {**found, "what": what, "done": wanted.format(n=count) in found["said"]}


def write_file(path: Path, count: int, *, role: str) -> None:
    """Write a fleet as people keep it: names, addresses, sites, tags and three columns of their own."""
    lines = ["hostname,mgmt_ip,platform,site,role,tags,data.rack,data.serial,data.contact"]
    for number in range(count):
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        own = f"rack {number % 40},FDO{number:08d},noc-{number % 7}@example.org"
        lines.append(
            f'dev-{number:05d},{address},cisco_ios,site {number % 20},{role},"env=live, ring={number % 3}",{own}'
        )
    path.write_text("\n".join(lines), encoding="utf-8")


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / "import_process.py"), *arguments]
    core = ROOT / "packages" / "webnet-core"
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(core)}
    done = subprocess.run(
        command, cwd=core, env={**os.environ, **settings, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-3000:]}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _databases() -> Iterator[tuple[str, dict[str, str]]]:
    yield "SQLite", {}
    try:
        with postgres() as server:
            name = f"webnet_bench_{os.getpid()}"
            with _database(server, name):
                yield "PostgreSQL", {"WEBNET_TEST_POSTGRES_PORT": str(server.port), "WEBNET_TEST_DATABASE": name}
    except ServiceMissing as error:
        print(f"NOT MEASURED ON POSTGRESQL: {error.message}")


@contextmanager
def _database(server: PostgresAddress, name: str) -> Iterator[None]:
    where: dict[str, Any] = {"host": server.host, "port": server.port, "user": server.user, "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield
        finally:
            connection.execute(f'DROP DATABASE "{name}"')


if __name__ == "__main__":
    sys.exit(main())
