"""Simulated devices in processes of their own, so that their work is nobody else's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.conversations import Conversation
from tests.e2e.site import wait_for

USERNAME = PASSWORD = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class FleetPlan:
    """What devices to make.

    Args:
        count: How many.
        lines: Lines of configuration added to each.
        command_seconds: How long each takes over a command.
        login_seconds: How long each lets a client wait before the first byte.
        round_trip_seconds: The network's delay, there and back.
        a_process: How many devices a process serves at most.
    """

    count: int
    lines: int = 200
    command_seconds: float = 0.0
    login_seconds: float = 0.0
    round_trip_seconds: float = 0.0
    a_process: int = 100


class Fleet:
    """Devices that answer SSH; `ports` says where, by name."""

    def __init__(self, parts: Sequence[Conversation]) -> None:
        self._parts = parts
        self._ports_of: list[dict[str, int]] = [part.hear() for part in parts]
        self.ports: dict[str, int] = {name: port for ports in self._ports_of for name, port in ports.items()}

    def change(self, mark: str) -> None:
        """Change one line of every device's configuration, so that the next backup stores every one anew."""
        for part in self._parts:
            part.ask("change", mark)

    def digests(self) -> dict[str, str]:
        """Return each device's configuration, digested."""
        return {name: digest for part in self._parts for name, digest in part.ask("digests").items()}

    def config(self, name: str) -> str:
        """Return a device's configuration."""
        part = next(part for part, ports in zip(self._parts, self._ports_of, strict=True) if name in ports)
        return str(part.ask("config", name))

    def open_sessions(self) -> int:
        """Return how many connections stand."""
        return sum(part.ask("open_sessions") for part in self._parts)

    def quiet(self) -> None:
        """Wait until no connection stands.

        Raises:
            AssertionError: One is still there after fifteen seconds.
        """
        wait_for(lambda: self.open_sessions() == 0, 15, "the end of every session", every=0.2)

    @contextmanager
    def hanging(self, names: Sequence[str]) -> Iterator[None]:
        """Let these devices hang in the middle of their configuration for the length of the block."""
        self._tell("hang", names)
        try:
            yield
        finally:
            self._tell("mend", names)

    def _tell(self, do: str, names: Sequence[str]) -> None:
        for part, ports in zip(self._parts, self._ports_of, strict=True):
            part.ask(do, [name for name in names if name in ports])


@contextmanager
def running_fleet(plan: FleetPlan, prefix: str) -> Iterator[Fleet]:
    """Serve the planned devices for the length of the block; names begin with `prefix`."""
    processes = min(-(-plan.count // plan.a_process), 4)
    with ExitStack() as stack:
        parts = []
        for number in range(processes):
            wish = {
                "count": plan.count // processes + (number < plan.count % processes),
                "lines": plan.lines,
                "prefix": f"{prefix}{'abcd'[number]}",
                "command_seconds": plan.command_seconds,
                "login_seconds": plan.login_seconds,
                "trip_seconds": plan.round_trip_seconds / 2,
            }
            part = Conversation("benchmarks.fleet_process", json.dumps(wish))
            stack.callback(part.close)
            parts.append(part)
        yield Fleet(parts)
