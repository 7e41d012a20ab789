"""Encryption of stored secrets with rotating keys."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from webnet_core.conf import settings
from webnet_core.exceptions import ConfigurationError, CredentialUnreadable

_KEY_NAME = re.compile(r"k[0-9a-f]{8}")
# A ciphertext begins with ``k<id>:``, as many characters as this.
PREFIX_LENGTH = 10


def encrypt(text: str) -> str:
    """Return `text` encrypted with the first key, prefixed with that key's id (``k<id>:<token>``)."""
    return f"{first_prefix()}{_fernet(_keys()).encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """Return the text behind `stored`, whichever of the configured keys it was encrypted with.

    Raises:
        CredentialUnreadable: none of the keys fits; the message names the id of the key that is missing.
    """
    token = stored.partition(":")[2]
    try:
        return _fernet(_keys()).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise CredentialUnreadable(_why_unreadable(key_of(stored))) from error


def key_id(key: str) -> str:
    """Return the short public name of an encryption key."""
    return hashlib.sha256(b"webnet key id" + key.encode()).hexdigest()[:8]


def key_of(stored: str) -> str:
    """Return the id of the key that `stored` names, or nothing where it names none."""
    name, separator, _ = stored.partition(":")
    # What does not look like a key's name may be anything, a password that was put there by hand included.
    return name[1:] if separator and _KEY_NAME.fullmatch(name) else ""


def configured_ids() -> tuple[str, ...]:
    """Return the ids of the configured keys, the one that encrypts first."""
    return tuple(key_id(key) for key in _keys())


def first_prefix() -> str:
    """Return what every ciphertext begins with that is made now."""
    return f"k{configured_ids()[0]}:"


def _why_unreadable(key: str) -> str:
    if key and key in configured_ids():
        return f"A stored secret is damaged: key {key}, which it names, does not open it; enter the secret again."
    name = f"key {key}" if key else "an unnamed key"
    return f"A stored secret was encrypted with {name}, which is not among WEBNET['CORE']['ENCRYPTION_KEYS']."


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
