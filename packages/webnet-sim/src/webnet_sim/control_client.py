"""Speaking to a simulated network that another process serves."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from webnet_sim.exceptions import ControlRefused


class Control:
    """A connection to the control server of ``webnet-sim serve --control``.

    Args:
        port: The control port, as in the ready file.
        host: The address the network is served on.
    """

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port), timeout=30)
        self._reader = self._socket.makefile("rb")

    @classmethod
    def from_ready_file(cls, path: str | Path) -> Self:
        """Connect to the network whose ready file this is."""
        ready = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(ready["control"], ready["host"])

    def run(self, device: str, *lines: str, user: str = "") -> str:
        """Type lines at a device's console; gives what it printed."""
        return str(self._ask({"do": "run", "device": device, "lines": lines, "user": user})["output"])

    def set_fault(self, device: str, fault: str, **parameters: Any) -> None:
        """Make something wrong with a device."""
        self._ask({"do": "set_fault", "device": device, "fault": fault, "parameters": parameters})

    def clear_fault(self, device: str, fault: str | None = None) -> None:
        """Mend one fault of a device, or all of them."""
        self._ask({"do": "clear_fault", "device": device, "fault": fault})

    def pass_time(self, device: str, seconds: float) -> None:
        """Let so much time pass on a device at once."""
        self._ask({"do": "pass_time", "device": device, "seconds": seconds})

    def status(self) -> dict[str, dict[str, Any]]:
        """Each device's address, facts and faults, by name."""
        devices: dict[str, dict[str, Any]] = self._ask({"do": "status"})["devices"]
        return devices

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        answer: dict[str, Any] = json.loads(self._reader.readline() or b'{"ok": false, "error": "it hung up"}')
        if not answer["ok"]:
            raise ControlRefused(str(answer["error"]))
        return answer
