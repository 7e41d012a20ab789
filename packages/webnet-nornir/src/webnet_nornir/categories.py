"""From whatever a task raised to one category and one sentence."""

from __future__ import annotations

from nornir.core.exceptions import NornirSubTaskError

from webnet_core.exceptions import CredentialUnreadable, WebnetError
from webnet_core.plugins.items import ErrorCategory, HostStatus
from webnet_nornir.exceptions import HostError

_UNREACHABLE = frozenset({ErrorCategory.UNREACHABLE})
_NOT_RUN = frozenset({ErrorCategory.BUSY})

# After the first byte that writes, these leave open whether the change landed.
_UNCERTAIN = frozenset(
    {ErrorCategory.TIMEOUT, ErrorCategory.CONNECTION_LOST, ErrorCategory.PROTOCOL, ErrorCategory.TASK_ERROR}
)
TRANSIENT = frozenset({ErrorCategory.CONNECTION_LOST, ErrorCategory.PROTOCOL})


def categorise(error: BaseException) -> tuple[ErrorCategory, str]:
    """Return the category of an error and what to tell about it."""
    inner = innermost(error)
    if isinstance(inner, HostError):
        return inner.category, inner.message
    if isinstance(inner, CredentialUnreadable):
        return ErrorCategory.CREDENTIAL_UNREADABLE, inner.message
    if isinstance(inner, WebnetError):
        return ErrorCategory.TASK_ERROR, inner.message
    if isinstance(inner, (ConnectionError, EOFError)):
        return ErrorCategory.CONNECTION_LOST, f"The connection broke: {str(inner) or type(inner).__name__}."
    if isinstance(inner, TimeoutError):
        return ErrorCategory.TIMEOUT, f"The device did not answer in time: {str(inner) or type(inner).__name__}."
    return ErrorCategory.TASK_ERROR, f"The task failed with {type(inner).__name__}: {inner}"


def status_of(category: ErrorCategory, *, sending: bool) -> HostStatus:
    """Return the status of a host that ended with an error of `category`.

    Args:
        category: What went wrong.
        sending: Whether bytes that write may have reached the device.
    """
    if sending and category in _UNCERTAIN:
        return HostStatus.UNKNOWN
    if category in _UNREACHABLE:
        return HostStatus.UNREACHABLE
    if category in _NOT_RUN:
        return HostStatus.SKIPPED
    if category is ErrorCategory.CANCELLED:
        return HostStatus.CANCELLED
    return HostStatus.FAILED


def innermost(error: BaseException) -> BaseException:
    """Return what Nornir's subtasks wrapped, or `error` itself."""
    for _ in range(10):
        if not isinstance(error, NornirSubTaskError):
            return error
        inner = next((result.exception for result in error.result if result.exception is not None), None)
        if inner is None or inner is error:
            return error
        error = inner
    return error
