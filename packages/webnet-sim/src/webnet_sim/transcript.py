"""What clients really sent to a device, in order: what tests and people can trust."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

MOVES = frozenset({"end", "exit", "exit configuration-mode", "quit", "top", "abort"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that happened on a device.

    Args:
        order: Counts up by one for each entry of the device.
        time: Wall time, seconds since 1970.
        session: Number of the connection, from 1; 0 for the local console.
        kind: ``opened``, ``host_key``, ``auth``, ``line``, ``secret``, ``file`` or ``closed``.
        text: The line; for ``opened`` the peer, for ``host_key`` the fingerprint, for ``secret`` what was asked,
            for ``file`` what was transferred, as ``put NAME`` or ``get NAME``.
        mode: Of a line: ``exec``, ``config``, ``tcl`` or ``question``.
        prompt: The prompt the line was read at.
        user: Of an authentication: the name.
        method: Of an authentication: ``password`` or ``keyboard-interactive``.
        accepted: Of an authentication or a secret; None when it was never answered.
        digest: Of an authentication or a secret: SHA-256 of what was sent, never the text.
    """

    order: int
    time: float
    session: int
    kind: str
    text: str = ""
    mode: str = ""
    prompt: str = ""
    user: str = ""
    method: str = ""
    accepted: bool | None = None
    digest: str = ""


class Record:
    """Questions one can ask of a device's entries, live or read from a file.

    Args:
        entries: The entries, oldest first.
    """

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries: list[Entry] = list(entries)

    @property
    def entries(self) -> list[Entry]:
        """All entries, oldest first."""
        return list(self._entries)

    def lines(self, *, session: int | None = None, blank: bool = False) -> list[str]:
        """The lines clients sent, as they typed them.

        Args:
            session: Only those of this connection.
            blank: With the empty ones that libraries send to see the prompt.
        """
        return [entry.text for entry in self._lines(session) if blank or entry.text.strip()]

    def config_lines(self, *, session: int | None = None) -> list[str]:
        """The lines read in configuration mode, without those that only move (``end``, ``exit``, ``abort``)."""
        return [
            entry.text
            for entry in self._lines(session)
            if entry.mode == "config" and entry.text.strip() and entry.text.strip().lower() not in MOVES
        ]

    def sessions(self) -> list[int]:
        """Numbers of the connections that were ever opened, in order."""
        return [entry.session for entry in self.entries if entry.kind == "opened"]

    def authenticated_sessions(self) -> list[int]:
        """Numbers of the connections whose login was accepted, in order."""
        return list(dict.fromkeys(entry.session for entry in self.auth_attempts() if entry.accepted))

    def auth_attempts(self) -> list[Entry]:
        """Every password that was sent, accepted or not."""
        return [entry for entry in self.entries if entry.kind == "auth"]

    @property
    def open_sessions(self) -> int:
        """How many connections are open now."""
        kinds = [entry.kind for entry in self.entries]
        return kinds.count("opened") - kinds.count("closed")

    def _lines(self, session: int | None) -> Iterator[Entry]:
        for entry in self.entries:
            if entry.kind == "line" and session in {None, entry.session}:
                yield entry


class Transcript(Record):
    """The entries of a running device. Safe to read from any thread.

    Args:
        path: A file to which each entry is also written at once, as one JSON object a line; it starts empty.
        limit: How many entries are kept in memory. Beyond that the older half is forgotten; connections that are
            open stay counted, and the file has everything.
    """

    def __init__(self, path: Path | None = None, *, limit: int = 100_000) -> None:
        super().__init__()
        self._limit = limit
        self._order = 0
        self._changed = threading.Condition()
        self._file: TextIO | None = path.open("w", encoding="utf-8") if path else None

    def add(self, session: int, kind: str, text: str = "", **facts: str | bool | None) -> Entry:
        """Note that something happened."""
        with self._changed:
            self._order += 1
            if len(self._entries) >= self._limit:
                self._forget(len(self._entries) // 2 + 1)
            entry = Entry(
                order=self._order,
                time=time.time(),
                session=session,
                kind=kind,
                text=text,
                **facts,  # type: ignore[arg-type]
            )
            self._entries.append(entry)
            if self._file:
                self._file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
                self._file.flush()
            self._changed.notify_all()
        return entry

    def wait_until(self, true: Callable[[Transcript], bool], timeout: float = 60.0) -> bool:
        """Wait in a test's thread until something holds of this transcript; tells whether it does.

        Args:
            true: The question, asked after each new entry.
            timeout: Seconds to wait at most.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            seen = -1
            while time.monotonic() < deadline:
                if len(self._entries) != seen:
                    seen = len(self._entries)
                    if true(self):
                        return True
                self._changed.wait(deadline - time.monotonic())
        return true(self)

    def clear(self) -> None:
        """Forget what happened so far; connections that are open stay counted."""
        with self._changed:
            self._forget(len(self._entries))

    def _forget(self, count: int) -> None:
        closed = {entry.session for entry in self._entries if entry.kind == "closed"}
        older = [e for e in self._entries[:count] if e.kind == "opened" and e.session not in closed]
        kept = [e for e in self._entries[count:] if e.kind != "closed" or not self._opened_in(e.session, count)]
        self._entries = [*older, *kept]

    def _opened_in(self, session: int, count: int) -> bool:
        """Whether a connection was opened among the first entries, which are about to go."""
        return any(entry.kind == "opened" and entry.session == session for entry in self._entries[:count])

    def close(self) -> None:
        """Stop writing to the file."""
        with self._changed:
            if self._file:
                self._file.close()
                self._file = None


def digest(secret: str) -> str:
    """The form in which transcripts keep a secret that was sent."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read(path: str | Path) -> Record:
    """Read the transcript file of a device that runs, or ran, in another process.

    Args:
        path: A file ``NAME.jsonl`` written by ``webnet-sim serve --transcripts``. A last line cut short is left out.
    """
    text = Path(path).read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    return Record([Entry(**json.loads(line)) for line in whole.splitlines()])
