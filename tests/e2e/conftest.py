"""Sites and the demo, started once for those tests that only read or run jobs."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.e2e.site import ROOT, Site, running
from webnet_core.testing.ports import free_port

READY = re.compile(r"^webnet ready: (?P<url>http://127\.0\.0\.1:\d+)/ user=(?P<user>\S+) password=(?P<password>\S+)$")


@dataclass
class Demo:
    """`make demo` in a process of its own."""

    state: Path
    port: int = field(default_factory=free_port)
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    line: str = ""
    started_in: float = 0.0

    def start(self) -> re.Match[str]:
        """Start it and return its ready line, matched."""
        began = time.monotonic()
        command = [sys.executable, "example_project/demo.py", "--port", str(self.port), "--state", str(self.state)]
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment | self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        match = self._await_ready()
        self.started_in = time.monotonic() - began
        self.line = match[0]
        return match

    def stop(self) -> int:
        """Press Ctrl-C and return the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(120)
        self.process = None
        return code

    def _await_ready(self) -> re.Match[str]:
        assert self.process is not None
        assert self.process.stdout is not None
        lines: Queue[str] = Queue()
        stream = self.process.stdout
        threading.Thread(target=lambda: [lines.put(line) for line in stream], daemon=True).start()
        printed = []
        limit = time.monotonic() + 240
        while time.monotonic() < limit:
            try:
                printed.append(lines.get(timeout=0.2))
            except Empty:
                if self.process.poll() is not None:
                    break
                continue
            if match := READY.match(printed[-1].rstrip("\n")):
                return match
        self.process.kill()
        raise AssertionError("the demo did not get ready:\n" + "".join(printed))


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo of its own state directory and port; not started yet."""
    found = Demo(state=tmp_path / "demo")
    yield found
    found.stop()


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Start sites, each of its own state directory; they are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def make(**env: str) -> Site:
            site = Site(state=tmp_path / f"site-{len(list(tmp_path.iterdir()))}", env=env)
            return stack.enter_context(running(site))

        yield make
