"""SSH private keys: what is taken when one is entered, so that a job does not find out later."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from webnet_core.exceptions import InvalidInput

FIELD = "ssh_private_key"
_KINDS = (Ed25519PrivateKey, EllipticCurvePrivateKey, RSAPrivateKey)


def check_private_key(text: str) -> None:
    """Go on only if `text` is a private key that every driver can use.

    Raises:
        InvalidInput: it is no OpenSSH or PEM key, of another kind than Ed25519, ECDSA and RSA, or has a passphrase.
            What was entered is not quoted.
    """
    if "ENCRYPTED" in text.partition("-----END")[0]:
        raise _passphrase()
    load = load_ssh_private_key if "BEGIN OPENSSH PRIVATE KEY" in text else load_pem_private_key
    try:
        key = load(text.encode(), password=None)
    except TypeError:
        raise _passphrase() from None
    except (ValueError, UnsupportedAlgorithm) as error:
        if "assword" in str(error):
            raise _passphrase() from None
        message = "This is no private key in OpenSSH or PEM form; take the whole file, with its BEGIN and END lines."
        raise InvalidInput.at(FIELD, message, "invalid_key") from None
    if not isinstance(key, _KINDS):
        raise InvalidInput.at(FIELD, "Keys of this kind are not used; take Ed25519, ECDSA or RSA.", "invalid_key")


def _passphrase() -> InvalidInput:
    message = "This private key has a passphrase; enter it without one (ssh-keygen -p -f FILE). It is stored encrypted."
    return InvalidInput.at(FIELD, message, "key_has_passphrase")
