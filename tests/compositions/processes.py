"""Sites in processes of their own, and a browser for them that needs nothing beyond the standard library."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def wait_for(look: Callable[[], T], seconds: float, what: str) -> T:
    """Call `look` until it returns something true, at most `seconds` long; return that."""
    limit = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < limit, f"{what} did not come about within {seconds:.0f} s"
        time.sleep(0.05)


def clean_environment(**extra: str) -> dict[str, str]:
    """Return an environment that says nothing about Django, pytest or webnet but `extra`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT)} | extra


def run_python(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python to its end and return what it said and how it ended."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=clean_environment(**environment), capture_output=True, text=True,
        timeout=300, check=False,
    )  # fmt: skip


@contextmanager
def running(
    command: Sequence[str], log: Path, *, environment: Mapping[str, str], cwd: Path = ROOT
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with `command` for the length of a block; it has to end well when it is interrupted."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=cwd, env=clean_environment(**environment), stdout=out, stderr=out
        )
    try:
        yield process
        process.send_signal(signal.SIGINT)
        process.wait(120)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> Any:
        """Return the body, parsed."""
        return json.loads(self.text)


@dataclass(kw_only=True)
class Browser:
    """Keeps cookies and follows redirects; sends the CSRF token as the site at `url` wants it."""

    url: str
    csrf_cookie: str = "csrftoken"
    csrf_header: str = "X-CSRFToken"
    cookies: CookieJar = field(default_factory=CookieJar)
    headers: dict[str, str] = field(default_factory=dict)
    opener: OpenerDirector = field(init=False)

    def __post_init__(self) -> None:
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._send(Request(self.url + path, headers=self.headers))

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Post JSON."""
        sent = {"Content-Type": "application/json", self.csrf_header: self.cookie(self.csrf_cookie), **self.headers}
        return self._send(Request(self.url + path, data=json.dumps(body).encode(), headers=sent))

    def post_form(self, path: str, body: Mapping[str, str]) -> Answer:
        """Fill in the form on the page at `path` and send it."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(path).text)
        assert token, f"no form at {path}"
        sent = urlencode({**body, "csrfmiddlewaretoken": token[1]}).encode()
        return self._send(Request(self.url + path, data=sent, headers={"Referer": self.url + path}))

    def cookie(self, name: str) -> str:
        """Return the value of a cookie; empty where there is none."""
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == name), "")

    def cookie_header(self) -> str:
        """Return all cookies as a header carries them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    def answers(self, path: str) -> bool:
        """Say whether anybody serves yet."""
        try:
            self.get(path)
        except (URLError, ConnectionError):
            return False
        return True

    def _send(self, request: Request) -> Answer:
        try:
            with self.opener.open(request, timeout=120) as response:
                return Answer(status=response.status, headers=dict(response.headers), text=response.read().decode())
        except HTTPError as error:
            with error:
                return Answer(status=error.code, headers=dict(error.headers), text=error.read().decode())
