"""What tasks call: operations over the chosen driver, checkpoints, log lines."""

from __future__ import annotations

import time
from typing import Any

from nornir.core.task import Result, Task

from webnet_core.plugins.items import Attempt, ErrorCategory, Level, Phase
from webnet_nornir import connections
from webnet_nornir.connections import SessionKind
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.exceptions import Abandoned, HostError, OperationNotSupported, UndeclaredOperation
from webnet_nornir.operations import checked_arguments
from webnet_nornir.operations import operation as find_operation
from webnet_nornir.outbox import CheckpointReached, LogLine
from webnet_nornir.selection import DriverChoice

# The next driver may do better where this one got no answer it understands; never where the device said no.
_NEXT_DRIVER = frozenset(
    {
        ErrorCategory.UNREACHABLE,
        ErrorCategory.CONNECTION_LOST,
        ErrorCategory.PROTOCOL,
        ErrorCategory.TIMEOUT,
        ErrorCategory.DRIVER_MISSING,
        ErrorCategory.NOT_SUPPORTED,
    }
)


def perform(task: Task, operation: str, *, session: SessionKind = "pooled", **arguments: Any) -> Any:
    """Perform an operation on the task's device with the driver chosen for it.

    Args:
        task: The Nornir task that runs.
        operation: One of `webnet_nornir.operations`; the TaskSpec's `needs` must name it.
        session: ``fresh`` opens a second session for this call alone, which proves that the device can be logged in to.
        **arguments: The operation's own.

    Returns:
        The operation's result, as `webnet_nornir.operations` types it.

    Raises:
        HostError: What went wrong. After a failed connection of a reading task the next driver was tried first.
        UndeclaredOperation: The TaskSpec does not name it in `needs`.
        InvalidInput: The arguments are wrong.
    """
    checked = checked_arguments(operation, arguments)
    context = context_of(task.host)
    choice = _choice(context, operation)
    drivers = (choice.driver, *choice.fallbacks)
    for position, driver in enumerate(drivers, start=1):
        try:
            return _attempt(task, context, driver, operation, session, checked)
        except HostError as error:
            if position == len(drivers) or not _may_try_next(context, operation, error):
                raise
            log(task, f"{driver}: {error.message} Trying {drivers[position]}.", "warning")
    raise OperationNotSupported(f"No driver is chosen for {operation}.")


def checkpoint(task: Task, phase: Phase, **facts: Any) -> None:
    """Store how far a change has come; on return it is committed. No byte that writes leaves before `saved` and `sending`.

    Args:
        task: The Nornir task that runs.
        phase: What is about to be true, or is true now.
        **facts: What whoever finds the device in this phase must know, JSON values.

    Raises:
        Abandoned: The host was given up meanwhile.
        LeaseLost: The device is somebody else's now.
    """
    context = context_of(task.host)
    if context.outbox is not None:
        context.outbox.ask(CheckpointReached(host=task.host.name, phase=phase, facts=facts), context.wire)
    context.phases.add(phase)


def log(task: Task, message: str, level: Level = "info") -> None:
    """Add a line to the job's log, under the task's device."""
    context = context_of(task.host)
    if context.outbox is not None:
        context.outbox.put(LogLine(host=task.host.name, message=message, level=level), context.wire)


def _choice(context: HostContext, operation: str) -> DriverChoice:
    try:
        return context.choices[operation]
    except KeyError:
        declared = ", ".join(sorted(context.choices)) or "nothing"
        raise UndeclaredOperation(
            f"The task performs {operation}, but its TaskSpec declares {declared}; add {operation!r} to its `needs`."
        ) from None


def _attempt(
    task: Task, context: HostContext, name: str, operation: str, session: SessionKind, arguments: dict[str, Any]
) -> Any:
    started = time.monotonic()
    try:
        value = _over(task, context, name, operation, session, arguments)
    except Exception as error:
        failure = _translated(context, name, error)
        _record(context, name, operation, started, failure)
        connections.discard(task.host, name)
        if failure is error:
            raise
        raise failure from error
    _record(context, name, operation, started, None)
    return value


def _over(
    task: Task, context: HostContext, name: str, operation: str, session: SessionKind, arguments: dict[str, Any]
) -> Any:
    driver = connections.installed_driver(context, name)
    function = driver.operations.get(operation)
    if function is None or not driver.supports(context.platform, operation):
        raise OperationNotSupported(f"The driver {name} cannot do {operation} on {context.platform.label}.")
    writes = find_operation(operation).writes
    if writes:
        context.require_write_permission()
    if session == "fresh":
        with connections.fresh_session(task.host, name):
            return _call(task, context, function, arguments, writes=writes)
    connections.connect(task.host, name)
    return _call(task, context, function, arguments, writes=writes)


def _call(task: Task, context: HostContext, function: Any, arguments: dict[str, Any], *, writes: bool) -> Any:
    if context.wire.is_cut:
        raise Abandoned
    if writes:
        context.require_write_permission()
        context.wrote = True
    context.activity = f"in {function.__name__}"
    result = function(task, **arguments)
    return result.result if isinstance(result, Result) else result


def _translated(context: HostContext, name: str, error: Exception) -> Exception:
    if context.wire.is_cut:
        return error if isinstance(error, Abandoned) else Abandoned()
    driver = context.drivers.get(name, None)
    return error if driver is None or isinstance(error, HostError) else driver.failure(error)


def _record(context: HostContext, driver: str, operation: str, started: float, error: Exception | None) -> None:
    category = error.category if isinstance(error, HostError) else None
    context.attempts.append(
        Attempt(
            driver=driver,
            operation=operation,
            seconds=round(time.monotonic() - started, 3),
            error=category or (ErrorCategory.TASK_ERROR if error is not None else None),
            message=str(error) if error is not None else "",
        )
    )


def _may_try_next(context: HostContext, operation: str, error: HostError) -> bool:
    if isinstance(error, Abandoned) or error.category not in _NEXT_DRIVER:
        return False
    return not context.sending and (context.risk == "read" or not find_operation(operation).writes)
