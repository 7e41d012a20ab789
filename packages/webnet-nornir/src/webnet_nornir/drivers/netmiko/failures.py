"""What netmiko and paramiko raise, said in words and told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import paramiko
from netmiko.exceptions import (
    ConfigInvalidException,
    NetmikoBaseException,
    ReadException,
    ReadTimeout,
    WriteException,
)

from webnet_nornir.exceptions import (
    AuthenticationRefused,
    CliRejected,
    ConnectionLost,
    HostError,
    HostKeyChanged,
    ProtocolFailure,
    TimedOut,
)
from webnet_nornir.hostkeys import changed_key


def translate(error: Exception) -> Exception:
    """Return the `HostError` that says what `error` means, or `error` itself where it comes from neither library."""
    for one in _chain(error):
        if isinstance(one, HostError):
            return one
        if isinstance(one, paramiko.BadHostKeyException):
            return _changed_key(one)
    for kind, sentence in _KINDS:
        if isinstance(error, kind):
            return sentence(error)
    return error


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _changed_key(error: paramiko.BadHostKeyException) -> HostKeyChanged:
    shown, expected = error.key, error.expected_key
    return changed_key((shown.get_name(), shown.get_base64()), (expected.get_name(), expected.get_base64()))


def _login(error: paramiko.AuthenticationException) -> HostError:
    text = str(error)
    if "timeout" in text.lower():
        return TimedOut("The device took the login and never answered it; its AAA server may be down.", stage="ssh")
    if "saw EOF" in text or "shut down" in text:
        return AuthenticationRefused(
            "The device hung up while the login was checked; it refuses this login, or all its lines are taken."
        )
    return AuthenticationRefused("The device refused the user name or the password; check the device's credential.")


def _negotiation(error: paramiko.SSHException) -> HostError:
    texts = [str(one) for one in _chain(error)]
    joined = " ".join(texts)
    if "Incompatible ssh" in joined or "no acceptable" in joined:
        detail = next(text for text in reversed(texts) if "no acceptable" in text or "Incompatible" in text)
        return ProtocolFailure(
            f"The device offers no SSH algorithm this worker accepts ({detail.strip()}); old devices need the `legacy` "
            "extra of webnet-nornir."
        )
    if "No existing session" in joined or any(isinstance(one, TimeoutError) for one in _chain(error)):
        return TimedOut("The port accepts connections, but no SSH server answered there in time.", stage="ssh")
    if "banner" in joined:
        return ProtocolFailure(
            "The port accepts connections and closes them without an SSH greeting; check the port, and whether the "
            "device has free lines."
        )
    if "Timed out" in joined:
        return TimedOut("The login went through, but the device's command line showed no prompt in time.")
    return ProtocolFailure(f"The SSH session could not be set up: {texts[-1].strip()}.")


def _session(error: NetmikoBaseException) -> HostError:
    if isinstance(error, ConfigInvalidException):
        return CliRejected(str(error))
    if isinstance(error, ReadTimeout):
        return TimedOut("The device's prompt did not come back in time.")
    if isinstance(error, (ReadException, WriteException)):
        return ConnectionLost()
    return ProtocolFailure(f"netmiko cannot go on: {str(error).strip().splitlines()[0]}")


def _value(error: ValueError) -> Exception:
    text = str(error)
    if "enable mode" in text:
        return AuthenticationRefused(
            "The device refused the enable password; check the device's credential.", what="enable"
        )
    if "configuration mode" in text:
        return CliRejected("The device does not enter or leave its configuration mode; the login may lack the right.")
    if "prompt" in text:
        return ProtocolFailure("The device shows no prompt this platform's driver knows; check the device's platform.")
    return error


def _broken(error: Exception) -> HostError:
    return ConnectionLost(f"The connection broke: {str(error) or type(error).__name__}.")


_KINDS: tuple[tuple[type[Exception], Callable[[Any], Exception]], ...] = (
    (paramiko.AuthenticationException, _login),
    (paramiko.SSHException, _negotiation),
    (NetmikoBaseException, _session),
    (ValueError, _value),
    (OSError, _broken),
    (EOFError, _broken),
)
