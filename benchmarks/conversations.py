"""A process of ours that answers questions: one JSON object a line in, one JSON answer a line out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from tests.e2e.site import ROOT

END_SECONDS = 20


class Conversation:
    """A process that was started and is spoken with.

    Args:
        module: What it runs; the module prints one answer unasked when it is ready.
        arguments: Its command line.
        env: Its environment; None for this process's own.
    """

    def __init__(self, module: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.module = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=None if env is None else dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def hear(self) -> Any:
        """Return the next answer.

        Raises:
            RuntimeError: The process has ended.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"{self.module} ended with code {self._process.wait()}; what it printed stands above."
            raise RuntimeError(message)
        return json.loads(line)

    def ask(self, do: str, *arguments: Any) -> Any:
        """Ask for something and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
