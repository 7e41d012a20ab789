"""Signatures of webhooks, after https://www.standardwebhooks.com: whoever has the secret can tell that webnet sent it.

``webhook-signature: v1,<base64 of HMAC-SHA256(secret, "<webhook-id>.<webhook-timestamp>.<body>")>``, one for each
secret that is valid just now, parted by blanks.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

START = "whsec_"
_SHORTEST, _USUAL, _LONGEST = 24, 32, 64


def new_secret() -> str:
    """Return a new random secret."""
    return START + base64.b64encode(secrets.token_bytes(_USUAL)).decode()


def check_secret(text: str) -> str:
    """Return a secret that somebody typed.

    Raises:
        ValueError: it has not the form that receivers' libraries read.
    """
    try:
        if text.startswith(START) and _SHORTEST <= len(_key(text)) <= _LONGEST:
            return text
    except ValueError:
        pass
    raise ValueError(f"A secret is {START} and {_SHORTEST} to {_LONGEST} random bytes in base64.")


def headers_for(delivery_id: str, timestamp: int, body: bytes, keys: Iterable[str]) -> Mapping[str, str]:
    """Return the headers that name, date and sign a request.

    Args:
        delivery_id: The same at every try.
        timestamp: Seconds since 1970, of this try.
        body: What is sent, byte by byte.
        keys: The secrets that are valid now.
    """
    content = f"{delivery_id}.{timestamp}.".encode() + body
    signed = [base64.b64encode(hmac.new(_key(key), content, hashlib.sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{one}" for one in signed),
    }


def _key(text: str) -> bytes:
    return base64.b64decode(text.removeprefix(START), validate=True)
