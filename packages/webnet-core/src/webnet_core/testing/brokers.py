"""Real Redis and RabbitMQ for tests: those that listen on this machine, or ones that a test may stop and start."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webnet_core.testing.database import ServiceMissing
from webnet_core.testing.ports import HOST, free_port

REDIS_PORT = 6379
RABBITMQ_PORT = 5672
_START_SECONDS = 120.0


@dataclass(kw_only=True)
class Broker:
    """A message broker at `url`; one that the test started can be stopped and started again on the same port."""

    url: str
    port: int
    command: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it listens.

        Raises:
            ServiceMissing: it ended, or did not listen in time.
        """
        if self.folder is None:
            raise ServiceMissing(f"{self.url} is not ours to start.")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        until = time.monotonic() + _START_SECONDS
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-2000:]
                raise ServiceMissing(f"{self.command[0]} did not start: {text}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it with all its helpers; what it kept in memory only is lost, as at a crash."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


@contextmanager
def redis(*, own: bool = False, database: int = 0) -> Iterator[Broker]:
    """Give a Redis for the length of the block.

    Args:
        own: start one even where one listens, so that the test may stop it.
        database: Redis database number of the one that listens.

    Raises:
        ServiceMissing: none listens and none is installed.
    """
    if not own and listens(REDIS_PORT):
        yield Broker(url=f"redis://{HOST}:{REDIS_PORT}/{database}", port=REDIS_PORT)
        return
    program = _program("redis-server", "Redis", "redis-server")
    with tempfile.TemporaryDirectory(prefix="webnet-redis-") as folder:
        port = free_port()
        command = [program, "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder]
        broker = Broker(
            url=f"redis://{HOST}:{port}/{database}",
            port=port,
            command=command,
            environment=_environment(),
            folder=Path(folder),
        )
        with _running(broker):
            yield broker


@contextmanager
def rabbitmq(*, own: bool = False) -> Iterator[Broker]:
    """Give a RabbitMQ for the length of the block.

    Args:
        own: start one even where one listens, so that the test may stop it.

    Raises:
        ServiceMissing: none listens and none is installed.
    """
    if not own and listens(RABBITMQ_PORT):
        yield Broker(url=f"amqp://guest:guest@{HOST}:{RABBITMQ_PORT}//", port=RABBITMQ_PORT)
        return
    program = _program("rabbitmq-server", "RabbitMQ", "rabbitmq-server")
    with tempfile.TemporaryDirectory(prefix="webnet-rabbitmq-") as folder:
        port = free_port()
        config = Path(folder, "rabbitmq.conf")
        config.write_text(f"listeners.tcp.default = {HOST}:{port}\n", encoding="ascii")
        Path(folder, "empty").touch()
        environment = _environment() | {
            "HOME": folder,
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/advanced.config",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/empty",
            "RABBITMQ_NODENAME": f"webnet{port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/logs",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        broker = Broker(
            url=f"amqp://guest:guest@{HOST}:{port}//",
            port=port,
            command=[program],
            environment=environment,
            folder=Path(folder),
        )
        with _running(broker):
            yield broker


def listens(port: int) -> bool:
    """Say whether somebody listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def _running(broker: Broker) -> Iterator[None]:
    broker.start()
    try:
        yield
    finally:
        broker.stop()


def _program(name: str, product: str, package: str) -> str:
    for folder in (None, "/usr/lib/rabbitmq/bin", "/usr/sbin"):
        found = shutil.which(name, path=folder)
        if found and (folder or not name.startswith("rabbitmq")):
            return found
    raise ServiceMissing(f"No {product} listens on {HOST}, and none is installed (Debian: {package}).")


def _environment() -> dict[str, Any]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
