"""Names of processes that own shards, made so that a neighbour on the same machine can tell a dead one."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from pathlib import Path


def new_owner(kind: str) -> str:
    """Return a name no other has: host, process id, boot and pid namespace, when the process began, a random part."""
    host = socket.gethostname().replace(":", "-")[:40]
    pid = os.getpid()
    return f"{kind}:{host}:{pid}:{_place()}:{_began(pid) or 0}-{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Say whether `owner` ran on this machine, in this pid namespace, and its process is gone.

    False where that cannot be known: then only its silence tells. A process that exited and was not yet waited for is
    gone, and so is one whose id belongs to a younger process now.
    """
    parts = owner.split(":")
    if len(parts) != 5 or not parts[2].isdecimal() or not _place() or parts[3] != _place():
        return False
    began = _began(int(parts[2]))
    return began is None or str(began) != parts[4].partition("-")[0]


def _began(pid: int) -> int | None:
    """Return when a living process began, in clock ticks since boot; None where it is not alive."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # proc(5): the command in parentheses may hold anything; after it come state (field 3) and starttime (field 22).
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - the link's target is no file
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}/{namespace}".encode()).hexdigest()[:12]
