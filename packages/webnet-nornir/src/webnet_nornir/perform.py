"""What tasks call: operations over the chosen driver, checkpoints, log lines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nornir.core.task import Result, Task

from webnet_core.plugins.items import Attempt, ErrorCategory, Level, Phase
from webnet_nornir import connections
from webnet_nornir.connections import SessionKind
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.drivers.base import NornirTask
from webnet_nornir.exceptions import (
    Abandoned,
    CliRejected,
    HostError,
    InvalidConnectionOption,
    OperationNotSupported,
    TimedOut,
    UndeclaredOperation,
)
from webnet_nornir.operations import Operation, checked_arguments
from webnet_nornir.operations import operation as find_operation
from webnet_nornir.outbox import CheckpointReached, LogLine
from webnet_nornir.selection import DriverChoice

# The next driver may do better where this one got no answer it understands; never where the device said no. All of
# them connect to the same port, so one that cannot be reached is not dialled again.
_NEXT_DRIVER = frozenset(
    {
        ErrorCategory.CONNECTION_LOST,
        ErrorCategory.PROTOCOL,
        ErrorCategory.TIMEOUT,
        ErrorCategory.DRIVER_MISSING,
        ErrorCategory.NOT_SUPPORTED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """One call of `perform`, with any driver."""

    task: Task
    context: HostContext
    operation: Operation
    session: SessionKind
    arguments: Mapping[str, Any]


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
    call = _Call(
        task=task,
        context=context_of(task.host),
        operation=find_operation(operation),
        session=session,
        arguments=checked_arguments(operation, arguments),
    )
    choice = _choice(call)
    drivers = (choice.driver, *choice.fallbacks)
    for position, driver in enumerate(drivers, start=1):
        try:
            return _attempt(call, driver)
        except HostError as error:
            if position == len(drivers) or not _may_try_next(call, error):
                raise
            log(task, f"{driver}: {error.message} Trying {drivers[position]}.", "warning")
    raise OperationNotSupported(f"No driver is chosen for {operation}.")


def checkpoint(task: Task, phase: Phase, **facts: Any) -> None:
    """Store how far a change has come; on return it is committed.

    No byte that writes leaves before `saved` and `sending` are stored.

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


def _choice(call: _Call) -> DriverChoice:
    name, choices = call.operation.name, call.context.choices
    if name in choices:
        return choices[name]
    declared = ", ".join(sorted(choices)) or "nothing"
    raise UndeclaredOperation(
        f"The task performs {name}, but its TaskSpec declares {declared}; add {name!r} to its `needs`."
    )


def _attempt(call: _Call, driver: str) -> Any:
    started = time.monotonic()
    try:
        value = _over(call, driver)
    except Exception as error:
        failure = _translated(call.context, driver, error)
        _record(call, driver, started, failure)
        connections.discard(call.task.host, driver, politely=isinstance(failure, CliRejected))
        if failure is error:
            raise
        raise failure from error
    _record(call, driver, started, None)
    return value


def _over(call: _Call, name: str) -> Any:
    driver = connections.installed_driver(call.context, name)
    function = driver.operations.get(call.operation.name)
    if function is None or not driver.supports(call.context.platform, call.operation.name):
        raise OperationNotSupported(
            f"The driver {name} cannot do {call.operation.name} on {call.context.platform.label}."
        )
    if call.operation.writes:
        call.context.require_write_permission()
    if call.session == "fresh":
        with connections.fresh_session(call.task.host, name):
            return _run(call, function)
    connections.connect(call.task.host, name)
    return _run(call, function)


def _run(call: _Call, function: NornirTask) -> Any:
    if call.context.wire.is_cut:
        raise Abandoned
    if call.operation.writes:
        call.context.require_write_permission()
        call.context.wrote = True
    call.context.activity = f"doing {call.operation.name}"
    result = function(call.task, **call.arguments)
    return result.result if isinstance(result, Result) else result


def _translated(context: HostContext, name: str, error: Exception) -> Exception:
    if context.wire.is_cut:
        return error if isinstance(error, Abandoned) else Abandoned()
    driver = context.drivers.get(name, None)
    return error if driver is None or isinstance(error, HostError) else driver.failure(error)


def _record(call: _Call, driver: str, started: float, error: Exception | None) -> None:
    category = error.category if isinstance(error, HostError) else None
    if error is not None and category is None:
        category = ErrorCategory.TASK_ERROR
    call.context.attempts.append(
        Attempt(
            driver=driver,
            operation=call.operation.name,
            seconds=round(time.monotonic() - started, 3),
            error=category,
            message=str(error) if error is not None else _opened(call.context, driver),
        )
    )


def _opened(context: HostContext, driver: str) -> str:
    """Say by name which of several credentials opened the session."""
    login = context.opened.get(driver)
    return f"Logged in with the credential {login.name}." if login is not None and len(context.logins) > 1 else ""


def _may_try_next(call: _Call, error: HostError) -> bool:
    if isinstance(error, (Abandoned, InvalidConnectionOption)) or error.category not in _NEXT_DRIVER:
        return False
    if isinstance(error, TimedOut) and error.stage == "ssh":
        return False
    return not call.context.sending and (call.context.risk == "read" or not call.operation.writes)
