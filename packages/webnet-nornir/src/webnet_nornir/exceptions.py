"""What can go wrong between webnet and one device. Each error knows its category, so results can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from webnet_core.exceptions import WebnetError
from webnet_core.plugins.items import ErrorCategory


class NornirError(WebnetError):
    """Something about running tasks on devices is wrong."""


class HostError(NornirError):
    """The work on one device failed."""

    category: ClassVar[ErrorCategory] = ErrorCategory.TASK_ERROR


class Unreachable(HostError):
    """No TCP connection to the device could be made; check its address, its port and the way to it."""

    category = ErrorCategory.UNREACHABLE


class AddressRefused(HostError):
    """The device's address is one webnet does not connect to; allow it in WEBNET["CORE"]["DEVICE_NETWORKS"]."""

    category = ErrorCategory.UNREACHABLE


class TimedOut(HostError):
    """The device did not answer in time.

    `stage` is ``ssh`` while SSH was being set up or the login checked: what every driver would wait for as long.
    """

    category = ErrorCategory.TIMEOUT
    stage: str = ""


class AuthenticationRefused(HostError):
    """The device refused the login; check the device's credential.

    `what` is ``enable`` where the login went through and the enable password did not, ``key`` where the credential's
    own private key cannot be read.
    """

    category = ErrorCategory.AUTHENTICATION
    what: str = ""


class HostKeyUnknown(HostError):
    """No host key is pinned for the device and first use is not trusted here; accept the key it shows."""

    category = ErrorCategory.HOST_KEY


class RepinningRequired(HostKeyUnknown):
    """The device was pointed elsewhere since its host key was pinned; somebody must accept the key it shows now."""


class HostKeyChanged(HostError):
    """The device shows another host key than the one pinned; nothing was sent to it."""

    category = ErrorCategory.HOST_KEY


class ConnectionLost(HostError):
    """The device closed the connection in the middle of the work."""

    category = ErrorCategory.CONNECTION_LOST


class ProtocolFailure(HostError):
    """What answers at the device's port does not speak SSH as expected."""

    category = ErrorCategory.PROTOCOL


class CliRejected(HostError):
    """The device's command line refused a command.

    `outputs` holds what it answered to each; `undone` says that nothing of what was sent has taken effect.
    """

    category = ErrorCategory.CLI_ERROR
    outputs: Mapping[str, str] = {}
    undone: bool = False


class IncompleteOutput(HostError):
    """The device's answer ends before it should; it was not kept."""

    category = ErrorCategory.INCOMPLETE

    @classmethod
    def above(cls, limit: int) -> IncompleteOutput:
        """The error for an answer that was stopped because it had more than `limit` bytes."""
        return cls(
            f"The device sent more than {limit} bytes for one command; it was stopped. Ask for less, or raise "
            'WEBNET["CORE"]["OUTPUT_LIMIT_BYTES"].'
        )


class NoCredential(HostError):
    """The device has no credential, nor has its site; give it one."""

    category = ErrorCategory.NO_CREDENTIAL


class SecretUnreadable(HostError):
    """The device's credential cannot be decrypted."""

    category = ErrorCategory.CREDENTIAL_UNREADABLE


class DriverMissing(HostError):
    """No driver for the device is installed."""

    category = ErrorCategory.DRIVER_MISSING


class OperationNotSupported(HostError):
    """No driver can do this on the device's platform."""

    category = ErrorCategory.NOT_SUPPORTED


class KeyNotSupported(HostError):
    """scrapli's SSH library cannot use RSA keys; take an Ed25519 or ECDSA key, or let netmiko or NAPALM log in."""

    category = ErrorCategory.NOT_SUPPORTED


class InvalidConnectionOption(HostError):
    """The device's connection options hold something the driver does not accept."""

    category = ErrorCategory.NOT_SUPPORTED
    allowed: Sequence[str] = ()


class UndeclaredOperation(HostError):
    """A task performs an operation it does not declare; add it to the `needs` of its TaskSpec."""


class CheckpointMissing(HostError):
    """A task writes to a device before `saved` and `sending` are stored; call checkpoint() for both first."""


class LeaseLost(HostError):
    """Somebody else took over the device; nothing more is sent to it."""

    category = ErrorCategory.LEASE_LOST


class Abandoned(HostError):
    """The run gave this host up: its deadline passed or the job was cancelled."""

    category = ErrorCategory.TIMEOUT


class DatabaseInHostThread(HostError):
    """A task used the database in a host thread; do that in the TaskSpec's `collect`, which runs where the results
    are written.
    """


class RecordRequired(NornirError):
    """A task that changes devices runs as a job, which records how far it got; submit it, or pass unrecorded=True to
    run it without that safety.
    """
