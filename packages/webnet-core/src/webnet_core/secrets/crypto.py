"""Encryption of stored secrets with rotating keys."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from webnet_core.conf import settings
from webnet_core.exceptions import ConfigurationError, CredentialUnreadable

_KEY_NAME = re.compile(r"k[0-9a-f]{8}")


def encrypt(text: str) -> str:
    """Return `text` encrypted with the first key, prefixed with that key's id (``k<id>:<token>``)."""
    keys = _keys()
    return f"k{key_id(keys[0])}:{_fernet(keys).encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """Return the text behind `stored`, whichever of the configured keys it was encrypted with.

    Raises:
        CredentialUnreadable: none of the keys fits; the message names the id of the key that is missing.
    """
    name, _, token = stored.partition(":")
    try:
        return _fernet(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        # What does not look like a key's name may be anything, a password that was put there by hand included.
        key = f"key {name[1:]}" if _KEY_NAME.fullmatch(name) else "an unnamed key"
        raise CredentialUnreadable(
            f"A stored secret was encrypted with {key}, which is not among WEBNET['CORE']['ENCRYPTION_KEYS']."
        ) from error


def key_id(key: str) -> str:
    """Return the short public name of an encryption key."""
    return hashlib.sha256(b"webnet key id" + key.encode()).hexdigest()[:8]


def _keys() -> tuple[str, ...]:
    keys = tuple(key.get_secret_value() for key in settings.CORE.ENCRYPTION_KEYS)
    if not keys:
        raise ConfigurationError("WEBNET['CORE']['ENCRYPTION_KEYS'] is empty: add a key made by Fernet.generate_key().")
    return keys


@lru_cache(maxsize=8)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ConfigurationError(
            "WEBNET['CORE']['ENCRYPTION_KEYS'] holds a key that is not 32 url-safe base64-encoded bytes."
        ) from error
