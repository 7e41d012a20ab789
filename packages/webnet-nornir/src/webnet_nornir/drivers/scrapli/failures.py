"""What scrapli and libssh2 raise, said in words and told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from scrapli.exceptions import (
    ScrapliAuthenticationFailed,
    ScrapliConnectionError,
    ScrapliException,
    ScrapliPrivilegeError,
    ScrapliTimeout,
)
from ssh2.exceptions import AuthenticationError, SSH2Error, Timeout

from webnet_nornir.exceptions import (
    AuthenticationRefused,
    CliRejected,
    ConnectionLost,
    HostError,
    ProtocolFailure,
    TimedOut,
)

_CHAIN_LIMIT = 10


def translate(error: Exception) -> Exception:
    """Return the `HostError` that says what `error` means, or `error` itself where it comes from neither library."""
    inner: BaseException | None = error
    for _ in range(_CHAIN_LIMIT):
        if isinstance(inner, HostError):
            return inner
        inner = (inner.__cause__ or inner.__context__) if inner is not None else None
    for kinds, sentence in _KINDS:
        if isinstance(error, kinds):
            return sentence(error)
    return error


def _login(_error: Exception) -> HostError:
    return AuthenticationRefused("The device refused the user name or the password; check the device's credential.")


def _late(_error: Exception) -> HostError:
    return TimedOut("The device's prompt did not come back in time.")


def _broken(error: Exception) -> HostError:
    return ConnectionLost(f"The connection broke: {str(error) or type(error).__name__}.")


def _confused(error: Exception) -> HostError:
    return ProtocolFailure(f"scrapli cannot go on: {str(error).strip() or type(error).__name__}")


def _privilege(error: Exception) -> HostError:
    if "could not determine" in str(error):
        return ProtocolFailure("The device shows no prompt this platform's driver knows; check the device's platform.")
    return CliRejected("The device does not enter or leave its configuration mode; the login may lack the right.")


_KINDS: Final[tuple[tuple[tuple[type[Exception], ...], Callable[[Exception], HostError]], ...]] = (
    ((ScrapliAuthenticationFailed, AuthenticationError), _login),
    ((ScrapliPrivilegeError,), _privilege),
    ((ScrapliTimeout, Timeout), _late),
    ((ScrapliConnectionError, SSH2Error, OSError, EOFError), _broken),
    ((ScrapliException,), _confused),
)
