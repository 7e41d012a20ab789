"""The Nornir runner: bounded host threads, a deadline for each, one thread that decides and writes."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from webnet_core.plugins.items import ErrorCategory, HostStatus, Outcome
from webnet_nornir.connections import settle
from webnet_nornir.context import HostContext
from webnet_nornir.control import Admitted, Control, NotYet, Refused, Unrecorded, optional_context, release_results
from webnet_nornir.exceptions import Abandoned, HostError, TimedOut
from webnet_nornir.outbox import CheckpointReached, Ended, Finished, KeyShown, LogLine, Message, Outbox
from webnet_nornir.results import NornirResultProcessor
from webnet_nornir.threads import PREFIX, count_stuck

CANCEL_GRACE_SECONDS: Final = 10.0
STOP_GRACE_SECONDS: Final = 3.0
LINGER_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.1
_MESSAGES_A_TURN: Final = 100
_STARTS_A_TURN: Final = 20


@dataclass(eq=False, slots=True)
class _Slot:
    """One host thread; `decided` once its outcome stands."""

    host: Host
    context: HostContext | None
    thread: threading.Thread
    deadline: float
    seconds: float
    decided: bool = False

    @property
    def reads(self) -> bool:
        """Whether ending it early leaves the device as it was."""
        return self.context is None or self.context.risk == "read"


@dataclass(eq=False, slots=True)
class _Run:
    """What one call of `WebnetRunner.run` keeps."""

    task: Task
    control: Control
    pending: deque[Host]
    result: AggregatedResult
    outbox: Outbox = field(default_factory=Outbox)
    waiting: list[tuple[float, Host]] = field(default_factory=list)
    slots: dict[str, _Slot] = field(default_factory=dict)
    lingering: list[_Slot] = field(default_factory=list)
    cancelled_at: float | None = None
    stopping_at: float | None = None


class WebnetRunner:
    """Runs a task on hosts in threads, a bounded number at once, none beyond its deadline.

    The caller's thread is the control thread: it admits hosts, receives what they say over one queue, enforces
    deadlines by closing what a host thread reads from, and is the only one that writes.

    Args:
        num_workers: How many hosts run at once.
        control: What is asked and told; without one, every host is admitted and nothing is recorded.
        deadline: Seconds for a host whose context sets none.
        cancel_grace: Seconds that reads in flight have left when the run is cancelled; changes end by themselves.
        linger: Seconds given at the end to threads that were given up; one still there then counts as stuck.
    """

    def __init__(
        self,
        num_workers: int = 50,
        *,
        control: Control | None = None,
        deadline: float = 300.0,
        cancel_grace: float = CANCEL_GRACE_SECONDS,
        linger: float = LINGER_SECONDS,
    ) -> None:
        self.num_workers = num_workers
        self.deadline = deadline
        self.cancel_grace = cancel_grace
        self.linger = linger
        self._control = control
        self._processor = NornirResultProcessor()

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        """Run `task` on `hosts`; returns when each has an outcome and its thread has ended or was given up."""
        control = self._control or Unrecorded()
        run = _Run(task=task, control=control, pending=deque(hosts), result=AggregatedResult(task.name))
        try:
            while run.pending or run.waiting or run.slots:
                self._turn(run)
        except BaseException:
            self._stop_all(run)
            raise
        finally:
            self._let_linger(run)
            run.outbox.close()
        return run.result

    # ------------------------------------------------------------------------------------------------- one turn

    def _turn(self, run: _Run) -> None:
        self._start(run)
        self._receive(run, self._patience(run))
        self._enforce(run)
        signals = run.control.tick()
        for name in signals.lost_leases & run.slots.keys():
            context = run.slots[name].context
            if context is not None:
                context.lease_lost.set()
        if signals.cancelled:
            self._cancel(run)
        elif signals.stopping:
            self._hand_back(run)

    def _start(self, run: _Run) -> None:
        now = time.monotonic()
        run.pending.extend(host for due, host in run.waiting if due <= now)
        run.waiting = [(due, host) for due, host in run.waiting if due > now]
        for _ in range(_STARTS_A_TURN):
            if not run.pending or len(run.slots) >= self.num_workers:
                return
            host = run.pending.popleft()
            admission = run.control.admit(host)
            match admission:
                case Admitted():
                    self._launch(run, host)
                case NotYet(seconds=seconds):
                    run.waiting.append((time.monotonic() + seconds, host))
                case Refused(outcome=outcome):
                    self._decide(run, host, outcome)

    def _launch(self, run: _Run, host: Host) -> None:
        context = optional_context(host)
        now = time.monotonic()
        deadline = now + self.deadline
        if context is not None:
            context.outbox = run.outbox
            deadline = context.deadline
        thread = threading.Thread(
            target=self._host_thread, args=(run.task.copy(), host, run.outbox), name=f"{PREFIX}{host.name}", daemon=True
        )
        run.slots[host.name] = _Slot(host, context, thread, deadline, deadline - now)
        thread.start()

    def _patience(self, run: _Run) -> float:
        if run.pending and len(run.slots) < self.num_workers:
            return 0.0
        nearest = min((slot.deadline for slot in run.slots.values()), default=time.monotonic())
        return max(0.0, min(_POLL_SECONDS, nearest - time.monotonic()))

    def _receive(self, run: _Run, patience: float) -> None:
        message = run.outbox.get(patience)
        for _ in range(_MESSAGES_A_TURN):
            if message is None:
                return
            self._handle(run, message)
            message = run.outbox.get(0)
        if message is not None:
            self._handle(run, message)

    def _handle(self, run: _Run, message: Message) -> None:
        slot = run.slots.get(message.host)
        if slot is None:
            if isinstance(message, (CheckpointReached, KeyShown)):
                message.reply.settle(Abandoned())
            return
        match message:
            case Finished():
                self._decide_slot(run, slot, message.outcome, message.results)
            case Ended():
                self._ended(run, slot)
            case LogLine():
                run.control.log(slot.host, message)
            case CheckpointReached() | KeyShown():
                self._answer(run, slot, message)

    def _answer(self, run: _Run, slot: _Slot, message: CheckpointReached | KeyShown) -> None:
        try:
            if isinstance(message, KeyShown):
                run.control.pin(slot.host, message)
            else:
                run.control.checkpoint(slot.host, message)
        except HostError as error:
            message.reply.settle(error)
        except BaseException:
            message.reply.settle(Abandoned())
            raise
        else:
            message.reply.settle()

    # -------------------------------------------------------------------------------------------- ends of a host

    def _enforce(self, run: _Run) -> None:
        now = time.monotonic()
        for slot in list(run.slots.values()):
            if now >= slot.deadline:
                self._give_up(run, slot, self._late(slot))
        self._cut_again(run)

    def _late(self, slot: _Slot) -> Outcome:
        doing = f", while it was {slot.context.activity}" if slot.context is not None else ""
        error = TimedOut(f"The device did not finish within its {slot.seconds:.0f} s{doing}; it was given up.")
        return self._processor.failed(error, slot.context)

    def _cancel(self, run: _Run) -> None:
        now = time.monotonic()
        run.cancelled_at = run.cancelled_at or now
        for host in (*run.pending, *(host for _, host in run.waiting)):
            self._decide(run, host, _cancelled("The job was cancelled before this device was contacted."))
        run.pending.clear()
        run.waiting.clear()
        if now - run.cancelled_at < self.cancel_grace:
            return
        for slot in list(run.slots.values()):
            if slot.reads:
                grace = f"{self.cancel_grace:g} s"
                self._give_up(
                    run, slot, _cancelled(f"The job was cancelled; the device did not finish within {grace}.")
                )

    def _hand_back(self, run: _Run) -> None:
        """Start nothing more; after a moment end the reads too, without an outcome: another worker takes them."""
        now = time.monotonic()
        run.stopping_at = run.stopping_at or now
        run.pending.clear()
        run.waiting.clear()
        if now - run.stopping_at < STOP_GRACE_SECONDS:
            return
        for slot in list(run.slots.values()):
            if slot.reads:
                slot.decided = True
                self._cut_off(run, slot)

    def _give_up(self, run: _Run, slot: _Slot, outcome: Outcome) -> None:
        self._decide_slot(run, slot, outcome)
        self._cut_off(run, slot)

    def _cut_off(self, run: _Run, slot: _Slot) -> None:
        del run.slots[slot.host.name]
        run.lingering.append(slot)
        _cut(slot)

    def _ended(self, run: _Run, slot: _Slot) -> None:
        if not slot.decided:
            died = RuntimeError("the host thread ended without a result")
            self._decide_slot(run, slot, self._processor.failed(died, slot.context))
        del run.slots[slot.host.name]
        if slot.context is not None:
            slot.context.forget_secrets()

    def _decide_slot(self, run: _Run, slot: _Slot, outcome: Outcome, results: MultiResult | None = None) -> None:
        if not slot.decided:
            slot.decided = True
            self._decide(run, slot.host, outcome, results)

    def _decide(self, run: _Run, host: Host, outcome: Outcome, results: MultiResult | None = None) -> None:
        if results is None:
            results = MultiResult(run.task.name)
            results.append(Result(host, result=outcome, failed=outcome.error is not None))
        run.control.finished(host, outcome)
        run.result[host.name] = results if run.control.keeps_results else release_results(results)

    # --------------------------------------------------------------------------------- threads that were given up

    def _cut_again(self, run: _Run) -> None:
        for slot in list(run.lingering):
            if not slot.thread.is_alive():
                run.lingering.remove(slot)
            else:
                _cut(slot)

    def _let_linger(self, run: _Run) -> None:
        until = time.monotonic() + self.linger
        while run.lingering and time.monotonic() < until:
            run.outbox.get(0.02)
            self._cut_again(run)
        for slot in run.lingering:
            count_stuck(slot.thread)

    def _stop_all(self, run: _Run) -> None:
        """The control thread failed: let nothing more be written, end reads, and give changes their time to end."""
        run.outbox.close()
        while run.slots:
            for slot in list(run.slots.values()):
                sending = slot.context is not None and slot.context.sending
                if not slot.thread.is_alive():
                    del run.slots[slot.host.name]
                elif not sending or time.monotonic() >= slot.deadline:
                    self._cut_off(run, slot)
            time.sleep(0.02)

    def _host_thread(self, task: Task, host: Host, outbox: Outbox) -> None:
        context = optional_context(host)
        wire = context.wire if context is not None else None
        reusable = False
        try:
            results = task.start(host)
            outcome = self._processor.outcome(results, context)
            reusable = outcome.error is None
            outbox.put(Finished(host=host.name, results=results, outcome=outcome), wire)
        finally:
            if context is not None:
                settle(host, reusable=reusable)
            outbox.put(Ended(host=host.name), wire)


def _cut(slot: _Slot) -> None:
    if slot.context is not None:
        slot.context.wire.cut()


def _cancelled(message: str) -> Outcome:
    return Outcome(status=HostStatus.CANCELLED, message=message, error=ErrorCategory.CANCELLED)
