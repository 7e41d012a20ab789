"""Names of processes that own shards, made so that a neighbour on the same machine can tell a dead one."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from pathlib import Path


def new_owner(kind: str) -> str:
    """Return a name no other process has: host, process id, the machine's boot and pid namespace, a random part."""
    host = socket.gethostname().replace(":", "-")[:40]
    return f"{kind}:{host}:{os.getpid()}:{_place()}:{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Say whether `owner` ran on this machine, in this pid namespace, and its process is gone.

    False where that cannot be known: then only its silence tells.
    """
    parts = owner.split(":")
    if len(parts) != 5 or not parts[2].isdecimal() or not _place() or parts[3] != _place():
        return False
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - the link's target is no file
    except OSError:
        return ""
    return hashlib.sha256(f"{boot}/{namespace}".encode()).hexdigest()[:12]
