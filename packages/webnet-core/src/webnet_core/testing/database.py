"""A real PostgreSQL for tests: one started for as long as it is needed, else the one that listens on this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from webnet_core.exceptions import WebnetError
from webnet_core.testing.ports import HOST, free_port

PORT = 5432
USER = "postgres"
REQUIRE = "WEBNET_REQUIRE_SERVICES"
_START_SECONDS = 120.0


class ServiceMissing(WebnetError):
    """A server that the tests need is not installed; install it, or leave these tests out on this machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresAddress:
    """Where a PostgreSQL listens that lets `user` in without a password."""

    host: str = HOST
    port: int = PORT
    user: str = USER

    def database(self, name: str) -> dict[str, Any]:
        """Return the entry of Django's DATABASES for the database `name`."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "NAME": name,
            "TEST": {"NAME": name},
        }


@contextmanager
def postgres() -> Iterator[PostgresAddress]:
    """Give the address of a PostgreSQL for the length of the block.

    One of our own is preferred: without syncing to the disk, tests that commit run several times as fast.

    Raises:
        ServiceMissing: none is installed that could be started, and none listens; or psycopg is not installed.
    """
    if find_spec("psycopg") is None:
        raise ServiceMissing("psycopg is not installed: pip install 'webnet-core[postgres]'.")
    running = PostgresAddress()
    if _programs() is None and answers(running):
        yield running
        return
    with started() as address:
        yield address


def services_required() -> bool:
    """Say whether a missing server is a failure (``WEBNET_REQUIRE_SERVICES=1``) rather than a skipped test."""
    return os.environ.get(REQUIRE, "") not in ("", "0")


def answers(address: PostgresAddress) -> bool:
    """Say whether a PostgreSQL lets this address's user in."""
    import psycopg  # noqa: PLC0415 - an extra

    place = f"host={address.host} port={address.port} user={address.user}"
    try:
        psycopg.connect(f"{place} dbname=postgres connect_timeout=10").close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def started() -> Iterator[PostgresAddress]:
    """Start a PostgreSQL of our own, on a free port, for the length of the block.

    Raises:
        ServiceMissing: it is not installed, or does not start.
    """
    programs = _programs()
    if programs is None:
        raise ServiceMissing("PostgreSQL is not installed (Debian: postgresql), and none listens on 127.0.0.1:5432.")
    with tempfile.TemporaryDirectory(prefix="webnet-postgres-") as name:
        folder = Path(name)
        owner = _owner(folder)
        initdb = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, capture_output=True, cwd=folder, **owner)
        address = PostgresAddress(port=free_port())
        with _serving(programs / "postgres", folder, address, owner):
            yield address


@contextmanager
def _serving(program: Path, folder: Path, address: PostgresAddress, owner: dict[str, Any]) -> Iterator[None]:
    options = {
        "listen_addresses": HOST,
        "port": address.port,
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
    }
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(program), "-D", str(folder / "data"), *arguments], stdout=output, stderr=output, cwd=folder, **owner
        )
        try:
            _wait(server, address, log)
            yield
        finally:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            server.wait(timeout=_START_SECONDS)


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, which Debian keeps out of PATH; None without them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("postgres")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def _owner(folder: Path) -> dict[str, Any]:
    """Return whom to run the server as: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    name = "postgres"
    try:
        shutil.chown(folder, name, name)
    except LookupError:
        name = "nobody"
        shutil.chown(folder, name)
    return {"user": name, "extra_groups": []}


def _wait(server: subprocess.Popen[bytes], address: PostgresAddress, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while not answers(address):
        if server.poll() is not None or time.monotonic() > until:
            raise ServiceMissing(f"PostgreSQL did not start: {log.read_text(encoding='utf-8', errors='replace')}")
        time.sleep(0.1)
