"""Operations over netmiko, on top of nornir_netmiko's tasks; each is a Nornir task, for `perform` and `nr.run`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import nornir_netmiko.tasks as upstream
from netmiko.exceptions import ConfigInvalidException, ReadTimeout
from nornir.core.task import Result, Task

from webnet_core.plugins.items import Trait
from webnet_nornir.connections import connect
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.drivers.base import NornirTask
from webnet_nornir.drivers.netmiko.connection import NetmikoSession
from webnet_nornir.drivers.netmiko.options import NAME
from webnet_nornir.exceptions import AuthenticationRefused, CliRejected, IncompleteOutput, OperationNotSupported
from webnet_nornir.facts import parse_facts
from webnet_nornir.markers import error_pattern, is_complete, refusal, refusal_anywhere


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
    outputs, refused = _answers(task, commands)
    if refused:
        raise _rejection(outputs, refused)
    return Result(host=task.host, result=outputs)


def netmiko_get_config(task: Task, which: str = "running") -> Result:
    """Read a whole configuration.

    Raises:
        OperationNotSupported: The platform knows no such configuration.
        CliRejected: The device refused the command.
        IncompleteOutput: The text does not end as the platform's configurations end.
    """
    session, context = _session(task)
    command = context.platform.config_commands.get(which)
    if command is None:
        known = ", ".join(context.platform.config_commands)
        raise OperationNotSupported(f"{context.platform.label} has no {which!r} configuration; it has {known}.")
    _enable(session)
    text = _send(task, session, command, seconds=context.remaining)
    refused = refusal(context.platform, text)
    if refused:
        raise CliRejected(f"The device refused {command!r}: {refused}", outputs={command: text}, refused=(command,))
    if which == "running" and not is_complete(context.platform, text):
        raise IncompleteOutput(
            f"The configuration ends with {text.rstrip()[-60:]!r}, not the way {context.platform.label} ends one; it "
            "was not kept. Run the task again."
        )
    return Result(host=task.host, result=text)


def netmiko_get_facts(task: Task) -> Result:
    """Read what the device says about itself.

    Raises:
        CliRejected: The device refused every command that would tell.
    """
    session, context = _session(task)
    outputs, refused = _answers(task, context.platform.facts_commands)
    told = [output for command, output in outputs.items() if command not in refused]
    if not told:
        raise _rejection(outputs, refused)
    name = session.connection.base_prompt
    return Result(host=task.host, result=parse_facts(context.platform, "\n".join(told), hostname=name))


def netmiko_configure(task: Task, lines: Sequence[str], **arguments: Any) -> Result:
    """Enter configuration lines, scanning what the device prints after each.

    Raises:
        CliRejected: The device refused a line; those before it were entered.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    session, context = _session(task)
    context.require_write_permission()
    session.reusable = False
    session.begin_command()
    _enable(session)
    context.wrote = True
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


def _answers(task: Task, commands: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the device answered to each command, and the line by which it refused some."""
    session, context = _session(task)
    if session.has_enable_password:
        _enable(session)
    outputs = {command: _send(task, session, command, seconds=session.timeouts.command) for command in commands}
    refused = {command: line for command, output in outputs.items() if (line := refusal(context.platform, output))}
    return outputs, refused


def _rejection(outputs: Mapping[str, str], refused: Mapping[str, str]) -> CliRejected:
    told = "; ".join(f"{command!r}: {line}" for command, line in refused.items())
    return CliRejected(f"The device refused {told}", outputs=outputs, refused=tuple(refused))


def _enable(session: NetmikoSession) -> None:
    if Trait.ENABLE not in session.platform.traits or session.enabled:
        return
    before = session.connection.read_timeout_override
    session.connection.read_timeout_override = session.timeouts.auth
    try:
        session.connection.enable()
    except ReadTimeout as error:
        # Asked for the password a second time, the device waits; so does netmiko.
        raise AuthenticationRefused(
            "The device refused the enable password, or asks for one the credential does not have.", what="enable"
        ) from error
    finally:
        session.connection.read_timeout_override = before
    session.enabled = True


def _send(task: Task, session: NetmikoSession, command: str, *, seconds: float) -> str:
    session.begin_command()
    result = upstream.netmiko_send_command(
        task, command_string=command, expect_string=_prompt(session), read_timeout=seconds
    ).result
    return str(result)


def _prompt(session: NetmikoSession) -> str:
    # netmiko's default pattern is the bare host name, which a configuration may well contain; at the very end of what
    # has arrived, at the start of its line and with a terminator, it is the prompt.
    return rf"(?:^|[\r\n]){re.escape(session.connection.base_prompt)}[^\r\n]{{0,60}}[>#]\s*$"


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
