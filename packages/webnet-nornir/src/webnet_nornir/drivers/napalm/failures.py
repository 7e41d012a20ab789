"""What NAPALM raises, said in words and told apart; what lies under it is netmiko's."""

from __future__ import annotations

from napalm.base.exceptions import (
    CommandErrorException,
    CommitError,
    ConnectAuthError,
    ConnectionClosedException,
    MergeConfigException,
    NapalmException,
    ReplaceConfigException,
    SessionLockedException,
)

from webnet_nornir.drivers.netmiko.failures import translate as translate_netmiko
from webnet_nornir.exceptions import (
    AuthenticationRefused,
    CliRejected,
    ConnectionLost,
    HostError,
    ProtocolFailure,
)

_CHAIN_LIMIT = 10
_REFUSALS = (
    MergeConfigException,
    ReplaceConfigException,
    CommitError,
    CommandErrorException,
    SessionLockedException,
)


def translate(error: Exception) -> Exception:
    """Return the `HostError` that says what `error` means, or `error` itself where it comes from none of them."""
    inner: BaseException | None = error
    for _ in range(_CHAIN_LIMIT):
        if isinstance(inner, HostError):
            return inner
        # NAPALM wraps whatever broke below it, a lost connection included, into exceptions of its own.
        if isinstance(inner, Exception) and not isinstance(inner, NapalmException):
            known = translate_netmiko(inner)
            if isinstance(known, HostError):
                return known
        inner = (inner.__cause__ or inner.__context__) if inner is not None else None
    return _own(error)


def _own(error: Exception) -> Exception:
    text = str(error).strip() or type(error).__name__
    if isinstance(error, ConnectAuthError):
        return AuthenticationRefused("The device refused the user name or the password; check the device's credential.")
    if isinstance(error, ConnectionClosedException):
        return ConnectionLost(f"The connection broke: {text}.")
    if isinstance(error, _REFUSALS):
        return CliRejected(text)
    if isinstance(error, NapalmException):
        return ProtocolFailure(f"NAPALM cannot go on: {text}")
    return error
