"""Encryption of stored secrets with rotating keys."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from webnet_core.conf import settings
from webnet_core.exceptions import ConfigurationError, CredentialUnreadable


def encrypt(text: str) -> str:
    """Return `text` encrypted with the first key, prefixed with that key's id (``k<id>:<token>``)."""
    keys = _keys()
    return f"k{key_id(keys[0])}:{Fernet(keys[0]).encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """Return the text behind `stored`, whichever of the configured keys it was encrypted with.

    Raises:
        CredentialUnreadable: none of the keys fits; the message names the id of the key that is missing.
    """
    name, _, token = stored.partition(":")
    try:
        return _fernet(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CredentialUnreadable(
            f"A stored secret was encrypted with key {name[1:]}, which is not among WEBNET['CORE']['ENCRYPTION_KEYS']."
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
