"""`make demo`: the product on SQLite beside a simulated network that really speaks SSH. Ctrl-C stops all of it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
FIRST_PORT = 22000
DEVICES = 24
SIM_SECONDS = 30.0


def main() -> int:
    """Serve until interrupted, or reset; return the exit code."""
    options = _parse()
    state = Path(options.state).resolve()
    if options.reset:
        shutil.rmtree(state, ignore_errors=True)
        print(f"The demo's data in {state} is gone; the next `make demo` starts afresh.")
        return 0
    if not _is_free(options.port):
        print(f"Port {options.port} is taken: choose another with `make demo PORT=…`.", file=sys.stderr)
        return 2
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    _set_up_django(state)
    password = _password(state / "admin-password")
    with _simulated_network(state) as ports:
        _prepare(ports, password)
        line = f"webnet ready: http://{HOST}:{options.port}/ user=admin password={password}"
        return _serve(options.port, line)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="webnet beside a simulated network of 24 devices")
    parser.add_argument("--port", type=int, default=8000, help="where to serve (default 8000)")
    parser.add_argument("--state", default=ROOT / ".state" / "demo", help="where the demo keeps its data")
    parser.add_argument("--reset", action="store_true", help="forget the demo's data")
    return parser.parse_args()


def _set_up_django(state: Path) -> None:
    sys.path[0] = str(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "example_project.settings"
    os.environ["WEBNET_STATE_DIR"] = str(state)
    for name in ("WEBNET_DATABASE_URL", "WEBNET_BROKER_URL", "WEBNET_REDIS_URL"):
        os.environ.pop(name, None)
    os.environ.setdefault("WEBNET_HOST_KEYS", "tofu")
    os.environ.setdefault("WEBNET_HOST_DEADLINE", "20")
    os.environ["WEBNET_DEVICE_NETWORKS"] = "127.0.0.0/8"
    import django  # noqa: PLC0415 - needs the environment

    django.setup()


def _prepare(ports: dict[str, int], password: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    from example_project.seeding import ensure_admin, seed  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    ensure_admin("admin", password)
    seed(ports)


def _password(path: Path) -> str:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(12) + "\n")
    return path.read_text(encoding="ascii").strip()


@contextlib.contextmanager
def _simulated_network(state: Path) -> Iterator[dict[str, int]]:
    """Start the simulated devices in a process that ends with this one; give their ports by name."""
    ready = state / "network.json"
    base = _port_base(state / "port-base")
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "webnet_sim", "serve", "demo", "--host", HOST, "--port-base", str(base)]
    command += ["--transcripts", str(state / "transcripts"), "--ready-file", str(ready), "--control", "--until-eof"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield _await_ports(process, ready)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_ports(process: subprocess.Popen[bytes], ready: Path) -> dict[str, int]:
    limit = time.monotonic() + SIM_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None:
            message = f"The simulated network ended with code {process.returncode}."
            raise SystemExit(message)
        if ready.exists():
            body: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
            return {name: int(device["port"]) for name, device in body["devices"].items()}
        time.sleep(0.05)
    message = f"The simulated network did not start within {SIM_SECONDS:.0f} s."
    raise SystemExit(message)


def _port_base(path: Path) -> int:
    """Return the first of enough neighbouring free ports, the same as last time where they are still free."""
    last = int(path.read_text(encoding="ascii")) if path.exists() else FIRST_PORT
    for base in (last, *range(FIRST_PORT, FIRST_PORT + 8000, 100)):
        if all(_is_free(base + number) for number in range(DEVICES)):
            path.write_text(str(base), encoding="ascii")
            return base
    message = f"No {DEVICES} neighbouring free ports from {FIRST_PORT} on."
    raise SystemExit(message)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _serve(port: int, line: str) -> int:
    import uvicorn  # noqa: PLC0415 - slow to import, and not needed to reset

    class Server(uvicorn.Server):
        """Says when it serves."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                print(line, flush=True)

    config = uvicorn.Config(
        "example_project.asgi:application",
        host=HOST,
        port=port,
        log_level="warning",
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    raise SystemExit(main())
