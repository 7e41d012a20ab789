"""The worker that needs no broker: embedded in the web process, or `manage.py webnet worker`. Same claims as Celery."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import Error, IntegrityError, connections, transaction
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.events.sending import courier
from webnet_core.exceptions import ConfigurationError
from webnet_core.jobs.claims import Claim, claim_next
from webnet_core.jobs.execution import execute
from webnet_core.jobs.models import SingletonLease, Worker
from webnet_core.jobs.owners import is_dead, new_owner
from webnet_core.jobs.queue import doorbell
from webnet_core.jobs.tick import tick
from webnet_core.jobs.writer import JobWriter
from webnet_core.secrets.rotate import missing_keys

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_SINGLETON = "embedded-worker"
_SINGLETON_SECONDS = 15


class ShardWorker:
    """Claims shards of its queues and runs each in a control thread of its own, while ticking."""

    def __init__(
        self, *, kind: str = "worker", queues: Sequence[str] | None = None, slots: int = 2, singleton: bool = False
    ) -> None:
        self.name = new_owner(kind)
        self.kind = kind
        self.queues = tuple(queues or settings.CORE.WORKER_QUEUES)
        self.slots = slots
        self.singleton = singleton
        self._stopping = False
        self._threads: dict[int, threading.Thread] = {}
        self._writers: dict[int, JobWriter] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """Work until `stop()`; then let running shards hand back or finish, and return."""
        self._name_missing_keys()
        next_tick = 0.0
        while not self._stopping:
            doorbell.clear()
            try:
                if not self.singleton or hold_singleton(self.name):
                    if time.monotonic() >= next_tick:
                        self._beat()
                        tick()
                        next_tick = time.monotonic() + settings.CORE.TICK_SECONDS
                    self._fill()
            except Error as error:
                log.warning("The database is not reachable (%s); trying again.", error)
                connections.close_all()
            doorbell.wait(_POLL_SECONDS)
        self._join()

    def _name_missing_keys(self) -> None:
        """Say at once what would otherwise come up device by device: secrets whose key is not configured."""
        try:
            missing = missing_keys()
        except (Error, ConfigurationError) as error:
            log.warning("Which keys are in use cannot be told: %s", error)
            return
        for use in missing:
            log.error(
                "%d stored secrets (%s) need key %s, which is not among WEBNET['CORE']['ENCRYPTION_KEYS'].",
                use.secrets,
                ", ".join(use.columns),
                use.id or "of no name",
            )

    def stop(self) -> None:
        """Ask the worker to end: reads go back to the queue, changes finish or reach their deadline.

        It takes no lock, so a signal handler may call it; `run` notices within a second, running shards at once.
        """
        self._stopping = True
        for writer in tuple(self._writers.values()):
            writer.stopping = True

    def work_once(self, prefer: int | None = None) -> bool:
        """Claim one shard and run it in the calling thread; False when there was nothing to claim."""
        claim = claim_next(self.name, self.queues, prefer)
        if claim is None:
            return False
        self._execute(claim)
        return True

    def _fill(self) -> None:
        with self._lock:
            free = self.slots - len(self._threads)
        while free > 0 and (claim := claim_next(self.name, self.queues)):
            thread = threading.Thread(target=self._run_thread, args=(claim,), name=f"webnet-shard-{claim.shard_id}")
            with self._lock:
                self._threads[claim.shard_id] = thread
            thread.start()
            free -= 1

    def _run_thread(self, claim: Claim) -> None:
        try:
            self._execute(claim)
        except Error as error:
            log.warning("Shard %d ended without the database (%s); the reaper takes it up.", claim.shard_id, error)
        finally:
            with self._lock:
                self._threads.pop(claim.shard_id, None)
            connections.close_all()
            doorbell.set()

    def _execute(self, claim: Claim) -> None:
        try:
            execute(claim, self._adopt)
        finally:
            with self._lock:
                self._writers.pop(claim.shard_id, None)

    def _adopt(self, writer: JobWriter) -> None:
        with self._lock:
            self._writers[writer.claim.shard_id] = writer
            writer.stopping = self._stopping

    def _beat(self) -> None:
        now = timezone.now()
        Worker.objects.update_or_create(
            name=self.name, defaults={"kind": self.kind, "queues": list(self.queues), "seen_at": now}
        )
        Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()

    def _join(self) -> None:
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()
        courier.wait()
        try:
            Worker.objects.filter(name=self.name).delete()
            SingletonLease.objects.filter(name=_SINGLETON, owner=self.name).delete()
        except Error as error:
            log.warning("Signing off failed: %s", error)
        connections.close_all()


def hold_singleton(owner: str, name: str = _SINGLETON) -> bool:
    """Take or renew the right to be the only worker of this kind; a dead holder's right is taken over at once."""
    now = timezone.now()
    expires = now + timedelta(seconds=_SINGLETON_SECONDS)
    rows = SingletonLease.objects.filter(name=name)
    if rows.filter(owner=owner).update(expires_at=expires) or rows.filter(expires_at__lt=now).update(
        owner=owner, expires_at=expires
    ):
        return True
    holder = rows.values_list("owner", flat=True).first()
    if holder is None:
        return _first_holder(owner, name)
    return bool(is_dead(holder) and rows.filter(owner=holder).update(owner=owner, expires_at=expires))


def _first_holder(owner: str, name: str) -> bool:
    expires = timezone.now() + timedelta(seconds=_SINGLETON_SECONDS)
    try:
        with transaction.atomic():
            SingletonLease.objects.create(name=name, owner=owner, expires_at=expires)
    except IntegrityError:
        return False
    return True
