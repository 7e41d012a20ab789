"""How devices store secrets: hashed, so the configuration never shows what was typed."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

_CLEAR = re.compile(r"(?P<head>.*\bsecret )(?:0 )?(?P<secret>\S+)$")
_STORED = re.compile(r".*\bsecret (?:[1-9]\d*|sha512) \S+$")


def split_secret(line: str) -> tuple[str, str] | None:
    """A configuration line up to its clear ``secret``, and the secret; None where there is no clear one."""
    found = _CLEAR.match(line)
    if found is None or _STORED.match(line):
        return None
    return found["head"], found["secret"]


def type_nine(secret: str) -> str:
    """A text of the shape of a type 9 hash, always the same for the same secret."""
    salt, body = (_letters(f"{part}/{secret}") for part in ("salt", "body"))
    return f"$9${salt[:14]}${body[:43]}"


def type_five(secret: str) -> str:
    """A text of the shape of NX-OS's type 5 hash, always the same for the same secret."""
    salt, body = (_letters(f"{part}/{secret}") for part in ("salt", "five"))
    return f"$5${salt[:6].upper()}${body[:43]}"


def type_sha512(secret: str) -> str:
    """A text of the shape of a SHA-512 crypt hash, always the same for the same secret."""
    salt, first, second = (_letters(f"{part}/{secret}") for part in ("salt", "one", "two"))
    return f"$6${salt[:16]}${(first + second)[:86]}"


def _letters(seed: str) -> str:
    return base64.b64encode(sha256(seed.encode()).digest(), altchars=b"./").decode().rstrip("=") + "AQ"
