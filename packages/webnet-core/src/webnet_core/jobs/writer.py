"""The one writer of a running shard. Only its control thread calls it; what it returned from is committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.exceptions import ClaimLost
from webnet_core.inventory import leases
from webnet_core.jobs.claims import Claim
from webnet_core.jobs.closing import host_note
from webnet_core.jobs.collecting import store_outcomes
from webnet_core.jobs.models import HostResult, Job
from webnet_core.jobs.timeline import Note, add_events, lock
from webnet_core.plugins.items import Outcome, Phase, TaskSpec

log = logging.getLogger(__name__)

MAX_LINES_A_HOST = 200
_RETRIES = 8
_RETRY_SECONDS = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What the control thread must know: a cancel, a stop of this worker, leases lost to somebody else."""

    cancel_requested_at: datetime | None = None
    stopping: bool = False
    lost_leases: frozenset[int] = frozenset()


@dataclass(kw_only=True, slots=True)
class _Pending:
    """What has happened since the last flush."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    started: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    phases: dict[int, tuple[Phase, Mapping[str, Any]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.outcomes) + len(self.started) + len(self.phases) + len(self.notes)


class JobWriter:
    """Collects what a shard's hosts report and writes it in batches: counters, events, results, the task's collect."""

    def __init__(self, claim: Claim, job: Job, spec: TaskSpec[Any], names: Mapping[int, str]) -> None:
        self.claim = claim
        self.job = job
        self.spec = spec
        self.names = names
        self.leased: set[int] = set()
        self.stopping = False
        self._pending = _Pending()
        self._lines: dict[int, int] = {}
        self._flushed_at = time.monotonic()
        self._beat_at = time.monotonic()
        self._signals = Signals(cancel_requested_at=job.cancel_requested_at)

    @property
    def lease_holder(self) -> str:
        """The name under which this shard's leases are held."""
        return f"job {self.claim.job_id} shard {self.claim.shard_id}.{self.claim.attempt}"

    def started(self, device_id: int, *, driver: str = "", reason: str = "") -> None:
        """A host begins: it is running, one attempt more."""
        self._pending.started[device_id] = {"driver": driver[:60], "reason": reason[:200], "at": timezone.now()}

    def finished(self, device_id: int, outcome: Outcome) -> None:
        """A host has ended. A second outcome of the same host is dropped when it is written."""
        self._pending.outcomes.setdefault(device_id, outcome)

    def log(self, message: str, *, device_id: int | None = None, level: str = "info", data: Any = None) -> None:
        """Add a line to the job's log; at most 200 of one host are kept."""
        if device_id is not None:
            count = self._lines[device_id] = self._lines.get(device_id, 0) + 1
            if count > MAX_LINES_A_HOST:
                return
            if count == MAX_LINES_A_HOST:
                message, level, data = "Further lines of this host are not kept.", "warning", None
        host = self.names.get(device_id, "") if device_id is not None else ""
        self._pending.notes.append(Note(message=message[:8000], level=level, device_id=device_id, host=host, data=data))

    def checkpoint(self, device_id: int, phase: Phase, facts: Mapping[str, Any] | None = None) -> None:
        """Store how far a change got on a device; on return it is committed.

        Raises:
            ClaimLost: this shard was taken away; nothing may be sent any more.
        """
        self._pending.phases[device_id] = (phase, dict(facts or {}))
        self.flush()

    def flush_if_due(self) -> None:
        """Flush when enough has gathered or enough time has passed."""
        waited = time.monotonic() - self._flushed_at
        if len(self._pending) >= settings.CORE.FLUSH_ITEMS or (
            len(self._pending) and waited >= settings.CORE.FLUSH_SECONDS
        ):
            self.flush()

    def flush(self) -> None:
        """Write everything pending in one transaction, trying again for some seconds where the database is away.

        Raises:
            ClaimLost: this shard was taken away; what was pending is dropped.
        """
        for attempt in range(_RETRIES):
            try:
                self._write(self._pending)
                break
            except (OperationalError, InterfaceError) as error:
                if attempt == _RETRIES - 1:
                    raise
                log.warning("Writing %s failed (%s); trying again.", self.claim, error)
                connection.close_if_unusable_or_obsolete()
                time.sleep(_RETRY_SECONDS * 2**attempt)
        self._pending = _Pending()
        self._flushed_at = time.monotonic()

    def heartbeat_if_due(self) -> Signals:
        """Renew claim and leases every few seconds and say what came up meanwhile.

        Raises:
            ClaimLost: this shard was taken away.
        """
        if time.monotonic() - self._beat_at >= settings.CORE.HEARTBEAT_SECONDS:
            self._beat_at = time.monotonic()
            if not self.claim.holds():
                raise ClaimLost(f"Shard {self.claim.shard_id} was taken from {self.claim.owner}.")
            kept = leases.renew(self.lease_holder, self.leased)
            asked = Job.objects.values_list("cancel_requested_at", flat=True).get(pk=self.claim.job_id)
            self._signals = Signals(cancel_requested_at=asked, lost_leases=frozenset(self.leased - kept))
        return Signals(
            cancel_requested_at=self._signals.cancel_requested_at,
            lost_leases=self._signals.lost_leases,
            stopping=self.stopping,
        )

    def _write(self, pending: _Pending) -> None:
        if not len(pending):
            return
        with transaction.atomic():
            lock(self.claim.job_id)
            if not self.claim.holds():
                raise ClaimLost(f"Shard {self.claim.shard_id} was taken from {self.claim.owner}.")
            notes = [*self._write_started(pending.started), *pending.notes, *self._write_phases(pending.phases)]
            notes += store_outcomes(self.claim, self.job, self.spec, pending.outcomes)
            add_events(self.claim.job_id, notes)
            done = self.leased & pending.outcomes.keys()
            leases.release(self.lease_holder, done)
        self.leased -= pending.outcomes.keys()

    def _write_started(self, started: Mapping[int, Mapping[str, Any]]) -> list[Note]:
        rows = HostResult.objects.filter(shard_id=self.claim.shard_id, device_id__in=list(started), status="pending")
        notes = []
        for row in rows:
            facts = started[row.device_id or 0]
            columns = {"status": "running", "driver": facts["driver"], "reason": facts["reason"]}
            moved = HostResult.objects.filter(pk=row.pk, status="pending").update(
                **columns, started_at=facts["at"], attempts=F("attempts") + 1
            )
            if moved:
                row.started_at = facts["at"]
                notes.append(host_note(row, {**columns, "attempts": row.attempts + 1}, "started"))
        return notes

    def _write_phases(self, phases: Mapping[int, tuple[Phase, Mapping[str, Any]]]) -> list[Note]:
        notes = []
        rows = HostResult.objects.filter(shard_id=self.claim.shard_id, device_id__in=list(phases), status="running")
        for row in rows:
            phase, facts = phases[row.device_id or 0]
            merged = {**row.facts, **facts}
            HostResult.objects.filter(pk=row.pk).update(phase=phase.value, facts=merged)
            notes.append(host_note(row, {"phase": phase.value}, f"checkpoint: {phase.value}"))
        return notes
