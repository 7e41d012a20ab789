"""The one writer of a running shard. Only its control thread calls it; what it returned from is committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from webnet_core.conf import settings
from webnet_core.exceptions import ClaimLost, NotFound
from webnet_core.inventory import leases
from webnet_core.jobs.claims import Claim
from webnet_core.jobs.closing import host_note
from webnet_core.jobs.collecting import bounded, failed_to_store, store_outcomes, told
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.jobs.persistence import AWAY, persist
from webnet_core.jobs.timeline import Note, add_events, lock
from webnet_core.plugins.items import Outcome, Phase, TaskSpec
from webnet_core.redact import current
from webnet_core.storable import clean_json, clean_text

log = logging.getLogger(__name__)

MAX_LINES_A_HOST = 200
# A lease that could not be renewed for this part of its life counts as lost: its device may be somebody else's soon.
_LEASE_TRUST = 0.75
_UNTIDY = (DataError, IntegrityError)


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

    def __init__(self, claim: Claim, job: Job, spec: TaskSpec[Any], hosts: Sequence[HostResult]) -> None:
        self.claim = claim
        self.job = job
        self.spec = spec
        self.names = {row.device_id: row.device_name for row in hosts}
        self.leased: set[int] = set()
        self.stopping = False
        # By their own ids, so that a device deleted meanwhile keeps its result.
        self._results = {row.device_id: row.pk for row in hosts if row.device_id is not None}
        self._devices = {pk: device_id for device_id, pk in self._results.items()}
        self._pending = _Pending()
        self._lines: dict[int, int] = {}
        self._mark: tuple[int, datetime] | None = None
        self._flushed_at = self._beat_at = self._renewed_at = time.monotonic()
        self._signals = Signals(cancel_requested_at=job.cancel_requested_at)

    @property
    def lease_holder(self) -> str:
        """The name under which this shard's leases are held."""
        return f"job {self.claim.job_id} shard {self.claim.shard_id}.{self.claim.attempt}"

    def started(self, device_id: int, *, driver: str = "", reason: str = "") -> None:
        """A host begins: it is running, one attempt more."""
        about = {"driver": clean_text(driver, 60), "reason": clean_text(reason, 200)}
        self._pending.started[device_id] = {**about, "at": timezone.now()}

    def finished(self, device_id: int, outcome: Outcome) -> None:
        """A host has ended. A second outcome of the same host is dropped when it is written."""
        self._pending.outcomes.setdefault(device_id, told(outcome))

    def log(self, message: str, *, device_id: int | None = None, level: str = "info", data: Any = None) -> None:
        """Add a line to the job's log; at most 200 of one host are kept."""
        if device_id is not None:
            count = self._lines[device_id] = self._lines.get(device_id, 0) + 1
            if count > MAX_LINES_A_HOST:
                return
            if count == MAX_LINES_A_HOST:
                message, level, data = "Further lines of this host are not kept.", "warning", None
        host = self.names.get(device_id, "") if device_id is not None else ""
        text = current().clean(str(message))[:8000]
        data = bounded(current().clean_value(clean_json(data)))
        self._pending.notes.append(Note(message=text, level=level, device_id=device_id, host=host, data=data))

    def checkpoint(self, device_id: int, phase: Phase, facts: Mapping[str, Any] | None = None) -> None:
        """Store how far a change got on a device; on return it is committed.

        Raises:
            ClaimLost: this shard was taken away, or the host is not running any more; nothing may be sent.
        """
        self._pending.phases[device_id] = (phase, clean_json(dict(facts or {})))
        self.flush()
        row = HostResult.objects.filter(pk=self._results.get(device_id, 0), status="running", phase=phase.value)
        if not persist(row.exists, f"a checkpoint of device {device_id}"):
            raise ClaimLost(f"Device {device_id} is not running in {self.claim}; its {phase} was not stored.")

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
            OperationalError, InterfaceError: the database stayed away; what is pending is kept.
        """
        try:
            self._persist(self._pending, self.spec)
        except ClaimLost:
            self._pending = _Pending()
            raise
        except _UNTIDY:
            log.exception("%s: results could not be written together; writing one by one.", self.claim)
            self._flush_apart(self._pending)
        self._pending = _Pending()
        self._flushed_at = time.monotonic()

    def heartbeat_if_due(self) -> Signals:
        """Renew claim and leases every few seconds and say what came up meanwhile.

        A database that is away costs beats only; leases not renewed for long count as lost.

        Raises:
            ClaimLost: this shard was taken away.
        """
        now = time.monotonic()
        if now - self._beat_at >= settings.CORE.HEARTBEAT_SECONDS:
            self._beat_at = now
            try:
                self._beat()
            except AWAY as error:
                log.warning("Heartbeat of %s failed (%s).", self.claim, error)
                connection.close_if_unusable_or_obsolete()
        stale = time.monotonic() - self._renewed_at > leases.LEASE_SECONDS * _LEASE_TRUST
        return replace(
            self._signals,
            stopping=self.stopping,
            lost_leases=frozenset(self.leased) if stale else self._signals.lost_leases,
        )

    def _beat(self) -> None:
        began = time.monotonic()
        if not self.claim.holds():
            raise ClaimLost(f"Shard {self.claim.shard_id} was taken from {self.claim.owner}.")
        kept = leases.renew(self.lease_holder, self.leased)
        asked = Job.objects.filter(pk=self.claim.job_id).values_list("cancel_requested_at", flat=True).first()
        self._signals = Signals(cancel_requested_at=asked, lost_leases=frozenset(self.leased - kept))
        self._renewed_at = began

    def _flush_apart(self, pending: _Pending) -> None:
        outcomes, pending.outcomes = pending.outcomes, {}
        self._persist(pending, self.spec)
        for device_id, outcome in outcomes.items():
            try:
                self._persist(_Pending(outcomes={device_id: outcome}), self.spec)
            except _UNTIDY as error:
                log.exception("%s: the result of device %d could not be stored.", self.claim, device_id)
                failed = failed_to_store(outcome, error)
                self._persist(_Pending(outcomes={device_id: failed}), replace(self.spec, collect=None))

    def _persist(self, pending: _Pending, spec: TaskSpec[Any]) -> None:
        if not len(pending):
            return
        self._mark = None
        persist(lambda: self._write(pending, spec), f"results of {self.claim}")
        self.leased -= pending.outcomes.keys()

    def _write(self, pending: _Pending, spec: TaskSpec[Any]) -> None:
        with transaction.atomic():
            self._hold()
            if self._landed():
                return
            notes = [*self._write_started(pending.started), *pending.notes, *self._write_phases(pending.phases)]
            final = {self._results[pk]: item for pk, item in pending.outcomes.items() if pk in self._results}
            notes += store_outcomes(self.job, spec, final)
            last = add_events(self.claim.job_id, notes)
            self._mark = (last, notes[-1].ts) if notes else None
            leases.release(self.lease_holder, self.leased & pending.outcomes.keys())

    def _hold(self) -> None:
        try:
            lock(self.claim.job_id)
        except NotFound as error:
            raise ClaimLost(error.message) from error
        if not self.claim.holds():
            raise ClaimLost(f"Shard {self.claim.shard_id} was taken from {self.claim.owner}.")

    def _landed(self) -> bool:
        """Whether the try before this one was committed, and only the answer was lost."""
        if self._mark is None:
            return False
        seq, ts = self._mark
        return JobEvent.objects.filter(job_id=self.claim.job_id, seq=seq, ts=ts).exists()

    def _open_rows(self, device_ids: Mapping[int, Any], status: str) -> list[tuple[int, HostResult]]:
        wanted = [self._results[pk] for pk in device_ids if pk in self._results]
        rows = HostResult.objects.filter(pk__in=wanted, shard_id=self.claim.shard_id, status=status).order_by("pk")
        return [(self._devices[row.pk], row) for row in rows]

    def _write_started(self, started: Mapping[int, Mapping[str, Any]]) -> list[Note]:
        notes = []
        for device_id, row in self._open_rows(started, "pending"):
            facts = started[device_id]
            columns = {"status": "running", "driver": facts["driver"], "reason": facts["reason"]}
            row.started_at = facts["at"]
            HostResult.objects.filter(pk=row.pk).update(**columns, started_at=facts["at"], attempts=F("attempts") + 1)
            notes.append(host_note(row, {**columns, "attempts": row.attempts + 1}, "started"))
        return notes

    def _write_phases(self, phases: Mapping[int, tuple[Phase, Mapping[str, Any]]]) -> list[Note]:
        notes = []
        for device_id, row in self._open_rows(phases, "running"):
            phase, facts = phases[device_id]
            HostResult.objects.filter(pk=row.pk).update(phase=phase.value, facts={**row.facts, **facts})
            notes.append(host_note(row, {"phase": phase.value}, f"checkpoint: {phase.value}"))
        return notes
