"""A shard of a job through the manager into the job's writer: the only module that knows both jobs and Nornir."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from nornir.core.inventory import Host

from webnet_core.inventory import leases
from webnet_core.inventory.leases import LeaseHeld
from webnet_core.inventory.models import Device
from webnet_core.jobs.execution import ShardRun
from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome, Phase
from webnet_core.redact import current
from webnet_nornir.admission import Gate
from webnet_nornir.conf import NornirConfig
from webnet_nornir.control import Admission, Admitted, NotYet, Refused, Signals
from webnet_nornir.exceptions import HostError, LeaseLost
from webnet_nornir.manager import NornirManager, pin_first_key, redacted
from webnet_nornir.outbox import CheckpointReached, KeyShown, LogLine
from webnet_nornir.planning import reason
from webnet_nornir.results import NornirResultProcessor
from webnet_nornir.threads import must_retire, stuck_threads

logger = logging.getLogger("webnet.nornir")

_LOOK_AGAIN_SECONDS = 1.0


def execute_shard(run: ShardRun) -> bool:
    """Run a claimed shard's hosts; returns when each has its outcome or was handed back.

    Raises:
        ClaimLost: Another worker has taken the shard over.
    """
    config = NornirConfig(run.options)
    devices = [row.device for row in run.hosts if row.device is not None]
    gate = Gate(devices, run.spec, config)
    control = ShardControl(run, gate, config)
    NornirManager(run.options).run(run.spec, run.params, devices, control, gate)
    if must_retire():
        logger.critical("%d host threads of this worker never came back; restart it.", stuck_threads())
    return True


class ShardControl:
    """Admits a shard's hosts and writes what becomes of them."""

    keeps_results = False

    def __init__(self, run: ShardRun, gate: Gate, config: NornirConfig) -> None:
        self._run = run
        self._writer = run.writer
        self._gate = gate
        self._config = config
        self._processor = NornirResultProcessor()
        self._waits_since: dict[str, float] = {}
        self._busy: Mapping[int, LeaseHeld] = {}
        self._looked_at = 0.0
        self._lost: frozenset[int] = frozenset()

    def admit(self, host: Host) -> Admission:
        """Admit a host unless the job was cancelled, somebody changes the device, or it lacks what it needs."""
        device = self._gate.device(host)
        if self._writer.heartbeat_if_due().cancel_requested_at is not None:
            return NotYet(seconds=0.0)
        held = self._hold(device)
        if held is not None:
            return self._wait_for(host, held)
        try:
            context = self._gate.open(host)
        except HostError as error:
            return Refused(outcome=self._processor.failed(error))
        choices = context.choices
        driver = next((choice.driver for choice in choices.values()), "")
        self._writer.started(device.pk, driver=driver, reason=reason(choices))
        if self._run.spec.risk != "read":
            self._writer.checkpoint(device.pk, Phase.LEASED, {})
        return Admitted()

    def finished(self, host: Host, outcome: Outcome) -> None:
        """Hand the outcome to the writer."""
        self._writer.finished(int(host.name), redacted(outcome))

    def log(self, host: Host, line: LogLine) -> None:
        """Hand a line to the writer."""
        message = current().clean(line.message)
        self._writer.log(message, device_id=int(host.name), level=line.level, data=line.data)

    def checkpoint(self, host: Host, reached: CheckpointReached) -> None:
        """Commit the phase of a change.

        Raises:
            LeaseLost: The device is somebody else's now; nothing more may be sent.
            ClaimLost: The shard is.
        """
        device_id = int(host.name)
        if device_id in self._lost:
            raise LeaseLost
        self._writer.checkpoint(device_id, reached.phase, reached.facts)

    def pin(self, host: Host, shown: KeyShown) -> None:
        """Pin the first key a device showed."""
        pin_first_key(int(host.name), shown)
        self._writer.log(f"Pinned host key {shown.key_type} on first use.", device_id=int(host.name))

    def tick(self) -> Signals:
        """Flush, heartbeat; tell the runner what came up."""
        self._writer.flush_if_due()
        signals = self._writer.heartbeat_if_due()
        self._lost = signals.lost_leases
        return Signals(
            cancelled=signals.cancel_requested_at is not None,
            stopping=signals.stopping,
            lost_leases=frozenset(map(str, signals.lost_leases)),
        )

    # ------------------------------------------------------------------------------------------------------ leases

    def _hold(self, device: Device) -> LeaseHeld | None:
        """Return who else has the device; for a change, take it."""
        if self._run.spec.risk == "read":
            return self._holders().get(device.pk)
        taken = leases.acquire(device.pk, self._writer.lease_holder, f"job {self._run.job.pk}")
        if isinstance(taken, LeaseHeld):
            return taken
        self._writer.leased.add(device.pk)
        return None

    def _holders(self) -> Mapping[int, LeaseHeld]:
        if time.monotonic() - self._looked_at >= _LOOK_AGAIN_SECONDS:
            self._busy = leases.holders([row.device_id for row in self._run.hosts if row.device_id is not None])
            self._looked_at = time.monotonic()
        return self._busy

    def _wait_for(self, host: Host, held: LeaseHeld) -> Admission:
        now = time.monotonic()
        since = self._waits_since.setdefault(host.name, now)
        if since == now:
            self._writer.log(f"Waits: {held}.", device_id=int(host.name))
        if now - since < self._config.section.BUSY_WAIT:
            return NotYet(seconds=_LOOK_AGAIN_SECONDS)
        message = f"busy ({held}); it was waited for {self._config.section.BUSY_WAIT:g} s"
        return Refused(outcome=Outcome(status=HostStatus.SKIPPED, message=message, error=ErrorCategory.BUSY))
