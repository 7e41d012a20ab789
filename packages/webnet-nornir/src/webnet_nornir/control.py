"""What the runner asks and tells in the control thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from nornir.core.inventory import Host
from nornir.core.task import MultiResult

from webnet_core.plugins.items import Outcome
from webnet_nornir.context import KEY, HostContext
from webnet_nornir.outbox import CheckpointReached, KeyShown, LogLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Admitted:
    """The host starts now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """The host does not start; this is its outcome."""

    outcome: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class NotYet:
    """Ask again in `seconds`; other hosts go first."""

    seconds: float


Admission: TypeAlias = Admitted | Refused | NotYet


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals:
    """What the control thread learnt: the run was cancelled, this worker shall stop, some hosts' leases are gone.

    After `cancelled` every host that has not started is told so; after `stopping` such hosts get no outcome, another
    worker will take them.
    """

    cancelled: bool = False
    stopping: bool = False
    lost_leases: frozenset[str] = frozenset()


class Control(Protocol):
    """The control thread's side of a run. Every method is called in the thread that called `WebnetRunner.run`."""

    keeps_results: bool

    def admit(self, host: Host) -> Admission:
        """Tell whether a host may start; before `Admitted`, put its secrets into its context."""

    def finished(self, host: Host, outcome: Outcome) -> None:
        """Take a host's outcome. Called once per host."""

    def log(self, host: Host, line: LogLine) -> None:
        """Take a line for the log."""

    def checkpoint(self, host: Host, reached: CheckpointReached) -> None:
        """Store how far a change has come; on return it is committed.

        Raises:
            HostError: Raised in the host thread instead. Any other error ends the run.
        """

    def pin(self, host: Host, shown: KeyShown) -> None:
        """Store a host key seen for the first time.

        Raises:
            HostError: Raised in the host thread instead. Any other error ends the run.
        """

    def tick(self) -> Signals:
        """Do what is due: flush, heartbeat. Called several times a second."""


class Unrecorded:
    """Runs without a job: admits every host, remembers outcomes, trusts no key it was not given."""

    keeps_results = True

    def __init__(self) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.lines: list[LogLine] = []

    def admit(self, host: Host) -> Admission:
        """Admit."""
        return Admitted()

    def finished(self, host: Host, outcome: Outcome) -> None:
        """Remember the outcome."""
        self.outcomes[host.name] = outcome

    def log(self, host: Host, line: LogLine) -> None:
        """Remember the line."""
        self.lines.append(line)

    def checkpoint(self, host: Host, reached: CheckpointReached) -> None:
        """Let the change go on: whoever runs without a job has accepted that nothing records it."""

    def pin(self, host: Host, shown: KeyShown) -> None:
        """Keep the key for this run only."""

    def tick(self) -> Signals:
        """Nothing is due."""
        return Signals()


def optional_context(host: Host) -> HostContext | None:
    """Return what a host carries, or None for a host that is not of webnet's inventory."""
    found: Mapping[str, object] = host.data
    context = found.get(KEY)
    return context if isinstance(context, HostContext) else None


def release_results(results: MultiResult) -> MultiResult:
    """Return the same results without their payload: a run shall not hold every device's output until it ends."""
    emptied = MultiResult(results.name)
    for result in results:
        result.result = None
        emptied.append(result)
    return emptied
