"""A credential's SSH private key in the form that a library reads without mishap."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from webnet_nornir.exceptions import AuthenticationRefused, KeyNotSupported

UNREADABLE = (
    "The credential's SSH private key cannot be read: enter an OpenSSH or PEM key (Ed25519, ECDSA or RSA) without a "
    "passphrase."
)


def openssh_form(text: str) -> str:
    """Return a private key in OpenSSH's own form, which paramiko reads of every kind.

    Raises:
        AuthenticationRefused: It is no private key, or has a passphrase.
    """
    body: bytes = _load(text).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return body.decode()


def libssh2_form(text: str) -> str:
    """Return a private key in OpenSSH's own form for libssh2, which scrapli logs in through.

    Raises:
        KeyNotSupported: It is an RSA key. libssh2 1.11.1, as ssh2-python 1.2 ships it, damages its memory while it
            signs with one for a server that names its signature algorithms, and the whole worker is aborted.
        AuthenticationRefused: It is no private key, or has a passphrase.
    """
    key = _load(text)
    if isinstance(key, RSAPrivateKey):
        raise KeyNotSupported
    return openssh_form(text)


def _load(text: str) -> Any:
    load = load_ssh_private_key if "BEGIN OPENSSH PRIVATE KEY" in text else load_pem_private_key
    try:
        return load(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise AuthenticationRefused(UNREADABLE, what="key") from None
