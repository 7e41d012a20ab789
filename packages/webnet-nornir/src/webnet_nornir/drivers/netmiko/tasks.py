"""Operations over netmiko, on top of nornir_netmiko's tasks; each is a Nornir task, for `perform` and `nr.run`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import nornir_netmiko.tasks as upstream
from netmiko.exceptions import ConfigInvalidException
from nornir.core.task import Result, Task

from webnet_nornir.answers import accepted_text, checked_config, config_command, reject_refused
from webnet_nornir.candidates import CANDIDATES, PROMPT, configure_candidate
from webnet_nornir.connections import connect
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.drivers.base import NornirTask
from webnet_nornir.drivers.netmiko.connection import NetmikoSession
from webnet_nornir.drivers.netmiko.options import NAME
from webnet_nornir.exceptions import CliRejected
from webnet_nornir.facts import parse_facts
from webnet_nornir.markers import error_pattern, refusal_anywhere


def netmiko_send_command(task: Task, command_string: str, **arguments: Any) -> Result:
    """Run nornir_netmiko's task of that name over a session webnet opened and checked.

    Args:
        task: The Nornir task that runs.
        command_string: The command.
        **arguments: Those of nornir_netmiko's task.
    """
    connect(task.host, NAME)
    return cast("Result", upstream.netmiko_send_command(task, command_string=command_string, **arguments))


def netmiko_send_config(task: Task, config_commands: Sequence[str], **arguments: Any) -> Result:
    """Run nornir_netmiko's task of that name over a session webnet opened and checked, and scan for refusals.

    Args:
        task: The Nornir task that runs; its checkpoints `saved` and `sending` must be stored.
        config_commands: Configuration lines.
        **arguments: Those of nornir_netmiko's task.

    Raises:
        CliRejected: The device refused a line; those before it were entered.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    return netmiko_configure(task, lines=config_commands, **arguments)


def netmiko_run_commands(task: Task, commands: Sequence[str]) -> Result:
    """Run show commands; the result maps each to its output.

    Raises:
        CliRejected: The device refused some; `outputs` holds what it answered to each.
    """
    outputs = _answers(task, commands)
    reject_refused(context_of(task.host).platform, outputs)
    return Result(host=task.host, result=outputs)


def netmiko_get_config(task: Task, which: str = "running") -> Result:
    """Read a whole configuration.

    Raises:
        OperationNotSupported: The platform knows no such configuration.
        CliRejected: The device refused the command.
        IncompleteOutput: The text does not end as the platform's configurations end.
    """
    session, context = _session(task)
    command = config_command(context.platform, which)
    session.enable()
    text = _send(task, session, command, seconds=context.remaining)
    return Result(host=task.host, result=checked_config(context.platform, which, command, text))


def netmiko_get_facts(task: Task) -> Result:
    """Read what the device says about itself.

    Raises:
        CliRejected: The device refused every command that would tell.
    """
    session, context = _session(task)
    outputs = _answers(task, context.platform.facts_commands)
    text = accepted_text(context.platform, outputs)
    facts = parse_facts(context.platform, text, hostname=session.connection.base_prompt)
    return Result(host=task.host, result=facts)


def netmiko_configure(task: Task, lines: Sequence[str], **arguments: Any) -> Result:
    """Enter configuration lines, scanning what the device prints after each.

    Where lines are collected in a candidate they are committed, or none takes effect; no `arguments` apply there.

    Raises:
        CliRejected: The device refused a line; those before it were entered, unless the error says `undone`.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    session, context = _session(task)
    context.require_write_permission()
    session.reusable = False
    session.begin_command()
    session.enable()
    context.wrote = True
    if context.platform.slug in CANDIDATES:
        return _commit(task, session, lines)
    with _leaving_config_mode(session):
        try:
            printed: str = upstream.netmiko_send_config(
                task,
                config_commands=list(lines),
                enable=False,
                error_pattern=error_pattern(context.platform),
                read_timeout=min(session.timeouts.command, context.remaining),
                **arguments,
            ).result
        except ConfigInvalidException as error:
            raise CliRejected(_refused_line(str(error))) from error
    refused = refusal_anywhere(context.platform, printed)
    if refused:
        raise CliRejected(f"The device refused a line: {refused}. What it accepted is in its running configuration.")
    return Result(host=task.host, result=printed, changed=True)


OPERATIONS: Final[Mapping[str, NornirTask]] = {
    "run_commands": netmiko_run_commands,
    "get_config": netmiko_get_config,
    "get_facts": netmiko_get_facts,
    "configure": netmiko_configure,
}


def _session(task: Task) -> tuple[NetmikoSession, HostContext]:
    return cast("NetmikoSession", connect(task.host, NAME)), context_of(task.host)


def _answers(task: Task, commands: Sequence[str]) -> dict[str, str]:
    session, _ = _session(task)
    if session.has_enable_password:
        session.enable()
    return {command: _send(task, session, command, seconds=session.timeouts.command) for command in commands}


def _send(task: Task, session: NetmikoSession, command: str, *, seconds: float) -> str:
    session.begin_command()
    result = upstream.netmiko_send_command(
        task, command_string=command, expect_string=session.prompt_pattern, read_timeout=seconds
    ).result
    return str(result)


def _commit(task: Task, session: NetmikoSession, lines: Sequence[str]) -> Result:
    context = context_of(task.host)

    def ask(line: str, *, patient: bool = False) -> str:
        session.begin_command()
        seconds = context.remaining if patient else min(session.timeouts.command, context.remaining)
        return str(session.connection.send_command(line, expect_string=PROMPT, read_timeout=seconds))

    return Result(host=task.host, result=configure_candidate(context.platform, lines, ask), changed=True)


@contextlib.contextmanager
def _leaving_config_mode(session: NetmikoSession) -> Iterator[None]:
    # netmiko stays in configuration mode after an error; the next command would configure.
    try:
        yield
    finally:
        if not session.connection.given_up:
            with contextlib.suppress(Exception):
                session.connection.exit_config_mode()


def _refused_line(text: str) -> str:
    found = re.search(r"command: (.*), matched error: (.*)", text)
    if found is None:
        return text
    return (
        f"The device refused {found.group(1)!r}: {found.group(2).strip()}. The lines before it are in its running "
        "configuration."
    )
