"""Recordings of what goes over wires: of all bytes to and from a broker, and of each answer of a site over HTTP."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from tests.e2e.site import PATIENCE
from webnet_core.testing.ports import HOST


@dataclass
class Tap:
    """A port that leads to a server's, and all that went through it."""

    port: int = 0
    streams: list[bytearray] = field(default_factory=list)

    def heard(self) -> bytes:
        """Return what was said in either direction, each direction of each connection in one piece."""
        return b"\n".join(bytes(stream) for stream in list(self.streams))


@contextmanager
def tapped(target: int) -> Iterator[Tap]:
    """Record what goes to and from port `target` of this machine by way of another port, while the block runs."""
    tap = Tap()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, target)) as onward:
                there, back = bytearray(), bytearray()
                tap.streams += [there, back]
                returning = threading.Thread(target=_carry, args=(onward, self.request, back), daemon=True)
                returning.start()
                _carry(self.request, onward, there)
                returning.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server((HOST, 0), Handler) as server:
        tap.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tap
        server.shutdown()


def _carry(source: socket.socket, sink: socket.socket, stream: bytearray) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            stream += piece
            sink.sendall(piece)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@dataclass
class Answer:
    """One answer, its body unpacked; `gives` are secrets that it is there to hand out."""

    request: str
    status: int
    head: bytes
    body: bytes
    gives: set[str] = field(default_factory=set)


@dataclass
class Answers:
    """Every answer that the clients made here got, also those that only lead on to another page."""

    found: list[Answer] = field(default_factory=list)

    def client(self, base_url: str) -> httpx.Client:
        """Return a client whose answers are kept."""
        hooks = {"response": [self._keep]}
        return httpx.Client(base_url=base_url, timeout=PATIENCE, follow_redirects=True, event_hooks=hooks)

    def last_gives(self, *secrets: str) -> None:
        """Say that the newest answer is there to hand these out."""
        self.found[-1].gives.update(secrets)

    def _keep(self, response: httpx.Response) -> None:
        response.read()
        request = f"{response.request.method} {response.request.url.path}"
        head = b"\n".join(b": ".join(pair) for pair in response.headers.raw)
        self.found.append(Answer(request=request, status=response.status_code, head=head, body=response.content))
