"""Receivers of webhooks on loopback: they keep what they get, and answer, hang, drip or lead astray."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
ANSWER = "receivers-own-secret-4471"


@dataclass(frozen=True, kw_only=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(kw_only=True)
class Receiver:
    """Answers with `status`, the next of `statuses` first; `location` is where it redirects to.

    `hang` answers nothing until it is set; `drip` sends the head of the answer a byte at a time, for ever; `raw` is
    sent as it is.
    """

    port: int = 0
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    location: str = ""
    hang: threading.Event | None = None
    drip: bool = False
    raw: bytes = b""
    got: list[Got] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", *, host: str = HOST, scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        return [one.json["id"] for one in self.got]


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        receiver = self.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        receiver.got.append(Got(path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body))
        receiver.came.set()
        if receiver.hang is not None:
            receiver.hang.wait(300)
            return
        if receiver.raw:
            self._send(receiver.raw)
            return
        if receiver.drip:
            self._drip()
            return
        self._answer(receiver.statuses.pop(0) if receiver.statuses else receiver.status)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet."""

    def _answer(self, status: int) -> None:
        try:
            self.send_response(status, f"Because {ANSWER}")
            if self.receiver.location:
                self.send_header("Location", self.receiver.location)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER.encode())
        except OSError:
            self.close_connection = True  # the sender did not wait

    def _send(self, raw: bytes) -> None:
        with suppress(OSError):  # the sender may have seen enough
            self.wfile.write(raw)
        self.close_connection = True

    def _drip(self) -> None:
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.receiver.closing.wait(0.02):
                self.wfile.write(b"a")
        except OSError:
            self.close_connection = True


@contextmanager
def receiver(*, context: ssl.SSLContext | None = None, host: str = HOST, **changes: Any) -> Iterator[Receiver]:
    """Serve a `Receiver` for the length of the block."""
    state = Receiver(**changes)
    server = ThreadingHTTPServer((host, 0), type("Handler", (_Handler,), {"receiver": state}))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        if state.hang is not None:
            state.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()
