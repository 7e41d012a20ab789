"""Host keys: the same ones for the same device in every run, so that clients may pin them.

The keys are made from the device's name and are known to everybody who has this package: they protect nothing, and the
simulator listens on loopback only.
"""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from importlib.resources import files

import asyncssh

_ED25519_HEAD = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410: PKCS #8 before a raw Ed25519 key


@cache
def host_keys(name: str, *, changed: bool = False) -> tuple[asyncssh.SSHKey, ...]:
    """A device's Ed25519 and RSA keys.

    Args:
        name: The device's name.
        changed: The keys it shows after somebody took its place.
    """
    which = "changed" if changed else "first"
    seed = sha256(f"webnet-sim/{which}/{name}".encode()).digest()
    return asyncssh.import_private_key(_ED25519_HEAD + seed), _rsa_key(which)


def fingerprints(name: str, *, changed: bool = False) -> tuple[str, ...]:
    """The fingerprints of a device's keys, Ed25519 first, in the form ``SHA256:…``."""
    return tuple(key.get_fingerprint() for key in host_keys(name, changed=changed))


@cache
def _rsa_key(which: str) -> asyncssh.SSHKey:
    """One of two RSA keys shared by all devices: to make one takes longer than to start a fleet."""
    text = files("webnet_sim").joinpath(f"keys/rsa-{which}.b64").read_text(encoding="ascii")
    return asyncssh.import_private_key(base64.b64decode(text))
