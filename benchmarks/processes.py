"""What a process of this machine has used, as Linux counts it."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
_PEAK = "5"  # what /proc/PID/clear_refs takes to begin a new peak; proc(5)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and of its ended children, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def peak_megabytes(pid: int) -> float:
    """Return the most memory the process ever held since the last `forget_peak`, in MB of 10^6 bytes."""
    return _status(pid, "VmHWM")


def held_megabytes(pid: int) -> float:
    """Return the memory the process holds now, in MB of 10^6 bytes."""
    return _status(pid, "VmRSS")


def forget_peak(pid: int) -> None:
    """Begin a new peak."""
    Path(f"/proc/{pid}/clear_refs").write_text(_PEAK, encoding="ascii")


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1e6
    message = f"process {pid} has ended"
    raise ProcessLookupError(message)
