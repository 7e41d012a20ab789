"""The three stacks webnet is promised on: one machine, PostgreSQL with Redis, PostgreSQL with RabbitMQ."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

import psycopg

from tests.e2e.site import ROOT, Site, running, wait_for
from webnet_core.testing.brokers import Broker, rabbitmq, redis
from webnet_core.testing.database import PostgresAddress, postgres

NAMES = ("sqlite-embedded", "postgres-celery-redis", "postgres-celery-rabbitmq")
REDIS_DATABASE = 9


@dataclass
class CeleryProcess:
    """A Celery worker or beat in a process group of its own."""

    site: Site
    arguments: tuple[str, ...]
    name: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it is ready when it takes work."""
        command = [sys.executable, "-m", "celery", "-A", "example_project", *self.arguments]
        with (self.site.state / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.site.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it with all its children as a power failure would."""
        self._signal(signal.SIGKILL)

    def stop(self, seconds: float = 240) -> None:
        """Ask it to end, and wait until it has."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                raise
            self.process = None

    def _signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(120)
            self.process = None


@dataclass
class Stack:
    """A site and whoever works for it."""

    name: str
    site: Site
    workers: list[CeleryProcess] = field(default_factory=list)
    beats: list[CeleryProcess] = field(default_factory=list)
    broker: Broker | None = None

    @property
    def embedded(self) -> bool:
        """Whether the web process works itself."""
        return not self.workers

    def celery_ready(self) -> bool:
        """Whether every worker says so in its log."""
        logs = [self.site.state / f"{worker.name}.log" for worker in self.workers]
        return all("ready." in log.read_text(encoding="utf-8", errors="replace") for log in logs)


@contextlib.contextmanager
def stack(
    name: str,
    state: Path,
    *,
    workers: int = 1,
    beats: int = 1,
    own_broker: bool = False,
    env: Mapping[str, str] | None = None,
    reach: Callable[[Broker], str] = attrgetter("url"),
) -> Iterator[Stack]:
    """Start the named stack and give it when it takes work; everything of it ends with the block.

    Arguments:
        own_broker: start the broker and the Redis of the channel layer, rather than use those that listen.
        env: what the environment of its processes has besides.
        reach: says under which address its processes reach a broker and the channel layer.
    """
    state.mkdir(parents=True, exist_ok=True)
    if name == "sqlite-embedded":
        with running(Site(state=state)) as site:
            yield Stack(name=name, site=site)
        return
    with contextlib.ExitStack() as parts:
        broker = parts.enter_context(_broker(name, own=own_broker))
        shared = name.endswith("redis") and not own_broker
        layer = broker if shared else parts.enter_context(redis(database=REDIS_DATABASE, own=own_broker))
        known = {
            "WEBNET_DATABASE_URL": parts.enter_context(_database()),
            "WEBNET_BROKER_URL": reach(broker),
            "WEBNET_REDIS_URL": reach(layer),
            "WEBNET_LOG_LEVEL": "INFO",
        }
        site = parts.enter_context(running(Site(state=state, env=known | dict(env or {}))))
        found = Stack(name=name, site=site, broker=broker)
        _purge(site)
        for number in range(1, workers + 1):
            found.workers.append(add_worker(site, number))
        for number in range(1, beats + 1):
            found.beats.append(add_beat(site, number))
        for process in (*found.workers, *found.beats):
            parts.callback(process.kill)
            process.start()
        wait_for(found.celery_ready, 240, "the Celery workers")
        yield found


def add_worker(site: Site, number: int) -> CeleryProcess:
    """Return one more worker; it is not started yet."""
    level = site.environment["WEBNET_LOG_LEVEL"]
    arguments = ("worker", "--loglevel", level, "--concurrency", "2", "-Q", "default", "-n", f"worker{number}@%h")
    return CeleryProcess(site=site, arguments=arguments, name=f"worker{number}")


def add_beat(site: Site, number: int) -> CeleryProcess:
    """Return one more beat; it is not started yet."""
    schedule = str(site.state / f"beat{number}-schedule")
    arguments = ("beat", "--loglevel", site.environment["WEBNET_LOG_LEVEL"], "-s", schedule)
    return CeleryProcess(site=site, arguments=arguments, name=f"beat{number}")


@contextlib.contextmanager
def _broker(name: str, *, own: bool) -> Iterator[Broker]:
    found = redis(own=own, database=REDIS_DATABASE) if name.endswith("redis") else rabbitmq(own=own)
    with found as broker:
        yield broker


@contextlib.contextmanager
def _database() -> Iterator[str]:
    """Create a database of the test's own and give its URL."""
    with postgres() as address:
        name = f"webnet_e2e_{secrets.token_hex(6)}"
        _execute(address, f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql://{address.user}@{address.host}:{address.port}/{name}"
        finally:
            _execute(address, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(address: PostgresAddress, statement: str) -> None:
    place = f"host={address.host} port={address.port} user={address.user} dbname=postgres"
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # the name is ours


def _purge(site: Site) -> None:
    """Throw away what an earlier run left in the broker."""
    site.python("from example_project.celery import app; app.control.purge()")
