"""The one way from host threads to the control thread: a bounded queue; some of its messages wait for an answer."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nornir.core.task import MultiResult

from webnet_core.plugins.items import Level, Outcome, Phase
from webnet_nornir.exceptions import Abandoned
from webnet_nornir.wire import Wire

CAPACITY = 1000
_POLL_SECONDS = 0.25


class Reply:
    """An answer a host thread waits for."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._error: Exception | None = None

    def settle(self, error: Exception | None = None) -> None:
        """Let the host thread go on, or raise `error` there."""
        self._error = error
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; tell whether the answer is there, and raise it where it is an error."""
        if not self._done.wait(seconds):
            return False
        if self._error is not None:
            raise self._error
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """A host's task has ended; its session may still be closing."""

    host: str
    results: MultiResult
    outcome: Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """A host's thread is about to end; nothing of it is open any more."""

    host: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LogLine:
    """A line for the job's log."""

    host: str
    message: str
    level: Level = "info"
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointReached:
    """A change has reached a phase; the host thread waits until it is stored."""

    host: str
    phase: Phase
    facts: Mapping[str, Any]
    reply: Reply = field(default_factory=Reply)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyShown:
    """A device showed its host key for the first time; the host thread waits until it is pinned."""

    host: str
    key_type: str
    key: str
    reply: Reply = field(default_factory=Reply)


Message: TypeAlias = Finished | Ended | LogLine | CheckpointReached | KeyShown


class Outbox:
    """Messages of all host threads of one run."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._queue: queue.Queue[Message] = queue.Queue(capacity)
        self._closed = threading.Event()

    def put(self, message: Message, wire: Wire | None = None) -> None:
        """Hand a message over, waiting while the queue is full; dropped once the run or the host is over.

        Args:
            message: What to tell.
            wire: The sender's; a sender that was given up does not wait for room.
        """
        while not self._closed.is_set():
            try:
                return self._queue.put(message, timeout=_POLL_SECONDS)
            except queue.Full:
                if wire is not None and wire.is_cut and not isinstance(message, Ended):
                    return None
        return None

    def ask(self, message: CheckpointReached | KeyShown, wire: Wire) -> None:
        """Hand a message over and wait until the control thread has settled it.

        Raises:
            Abandoned: The host was given up, or the run ended, before there was an answer.
            WebnetError: What the control thread answered.
        """
        self.put(message, wire)
        while not message.reply.wait(_POLL_SECONDS):
            if wire.is_cut or self._closed.is_set():
                raise Abandoned

    def get(self, seconds: float) -> Message | None:
        """Return the next message, or None when none came within `seconds`."""
        try:
            return self._queue.get(timeout=seconds) if seconds > 0 else self._queue.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """End the run: what host threads still say is dropped, whoever waits is let go."""
        self._closed.set()
