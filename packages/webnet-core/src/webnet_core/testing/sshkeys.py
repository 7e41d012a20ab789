"""SSH key pairs for tests, made on the spot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

Kind = Literal["ed25519", "ecdsa", "rsa"]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyPair:
    """A private key as a file holds it, and the public one as a line of ``authorized_keys``."""

    private: str = field(repr=False)
    public: str


def make_key_pair(kind: Kind = "ed25519", *, passphrase: str = "", pem: bool = False) -> KeyPair:
    """Return a new key pair.

    Arguments:
        kind: which algorithm.
        passphrase: what protects the private key; nothing if left out.
        pem: write it as PEM rather than in OpenSSH's own form.
    """
    key = _generate(kind)
    form = PrivateFormat.OpenSSH
    if pem:
        form = PrivateFormat.PKCS8 if kind == "ed25519" else PrivateFormat.TraditionalOpenSSL
    protection: serialization.KeySerializationEncryption = NoEncryption()
    if passphrase:
        protection = serialization.BestAvailableEncryption(passphrase.encode())
    private = key.private_bytes(Encoding.PEM, form, protection).decode()
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return KeyPair(private=private, public=public)


def _generate(kind: Kind) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey:
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ecdsa":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048)
