"""A small HashiCorp Vault for tests: AppRole login and reading of a KV engine, version 2, over HTTP on loopback.

It answers as https://developer.hashicorp.com/vault/api-docs/auth/approle and .../secret/kv/kv-v2 say, so the real hvac
can be let loose on it. It is not Vault: policies are one prefix, and nothing is sealed or encrypted.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROLE_ID = "webnet-role"


@dataclass(slots=True)
class Vault:
    """What the server holds, and what it was asked.

    Attributes:
        secrets: Data by path below the mount; None is a secret whose newest version was deleted.
        may_read: The only prefix that its tokens may read.
        sealed: Answer 503 to everything.
        hang: Answer nothing until this is set; None answers at once.
        requests: Method and path of each request, in order.
    """

    address: str = ""
    mount: str = "secret"
    secrets: dict[str, Mapping[str, Any] | None] = field(default_factory=dict)
    secret_id: str = field(default_factory=lambda: secrets.token_hex(16))
    may_read: str = "webnet/"
    lease_seconds: int = 3600
    sealed: bool = False
    hang: threading.Event | None = None
    tokens: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)

    def make_token(self) -> str:
        """Return a token that the server takes."""
        token = f"hvs.{secrets.token_hex(12)}"
        self.tokens.add(token)
        return token

    def settings(self, **changed: Any) -> dict[str, Any]:
        """Return ``SECRET_BACKENDS`` for a site that uses this server with an AppRole."""
        vault = {"ADDRESS": self.address, "ROLE_ID": ROLE_ID, "SECRET_ID": self.secret_id, **changed}
        return {"VAULT": vault}


@contextmanager
def vault() -> Iterator[Vault]:
    """Serve a `Vault` for the length of the block."""
    state = Vault()

    class Handler(_Handler):
        vault = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        if state.hang is not None:
            state.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    vault: Vault

    def do_GET(self) -> None:
        """Read a secret: ``/v1/<mount>/data/<path>``."""
        if not self._open():
            return
        if self.headers.get("X-Vault-Token") not in self.vault.tokens:
            self._answer(403, {"errors": ["permission denied"]})
            return
        prefix = f"/v1/{self.vault.mount}/data/"
        path = self.path.partition("?")[0]
        if not path.startswith(prefix) or not path.removeprefix(prefix).startswith(self.vault.may_read):
            self._answer(403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]})
            return
        self._read(path.removeprefix(prefix))

    def do_POST(self) -> None:
        """Sign in: ``/v1/auth/approle/login``."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if not self._open():
            return
        if self.path != "/v1/auth/approle/login":
            self._answer(404, {"errors": []})
        elif (body.get("role_id"), body.get("secret_id")) != (ROLE_ID, self.vault.secret_id):
            self._answer(400, {"errors": ["invalid role or secret ID"]})
        else:
            lease = self.vault.lease_seconds
            auth = {"client_token": self.vault.make_token(), "lease_duration": lease, "renewable": True}
            self._answer(200, {"auth": {**auth, "accessor": "a", "policies": ["webnet"], "token_type": "service"}})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Keep quiet."""

    def _read(self, path: str) -> None:
        if path not in self.vault.secrets:
            self._answer(404, {"errors": []})
            return
        data = self.vault.secrets[path]
        metadata = {"version": 1, "destroyed": False, "created_time": "2026-01-01T00:00:00Z", "custom_metadata": None}
        if data is None:
            gone = {"data": None, "metadata": {**metadata, "deletion_time": "2026-01-02T00:00:00Z"}}
            self._answer(404, {"data": gone})
        else:
            self._answer(200, {"data": {"data": dict(data), "metadata": {**metadata, "deletion_time": ""}}})

    def _open(self) -> bool:
        self.vault.requests.append(f"{self.command} {self.path}")
        if self.vault.hang is not None:
            self.vault.hang.wait(60)
        if self.vault.sealed:
            self._answer(503, {"errors": ["Vault is sealed"]})
        return not self.vault.sealed

    def _answer(self, status: int, body: Mapping[str, Any]) -> None:
        whole = {"request_id": secrets.token_hex(8), "lease_id": "", "renewable": False, "lease_duration": 0, **body}
        text = json.dumps(whole if status == 200 else dict(body)).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except ConnectionError:
            self.close_connection = True  # the caller did not wait
