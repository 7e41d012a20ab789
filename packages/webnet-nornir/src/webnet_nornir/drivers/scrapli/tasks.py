"""Operations over scrapli, on top of nornir_scrapli's tasks; each is a Nornir task, for `perform` and `nr.run`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import nornir_scrapli.tasks as upstream
from nornir.core.task import Result, Task

from webnet_nornir.answers import accepted_text, checked_config, config_command, reject_refused
from webnet_nornir.candidates import CANDIDATES, PROMPT, configure_candidate
from webnet_nornir.connections import connect
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.drivers.base import NornirTask
from webnet_nornir.drivers.scrapli.connection import ScrapliSession
from webnet_nornir.drivers.scrapli.options import NAME
from webnet_nornir.exceptions import CliRejected
from webnet_nornir.facts import parse_facts
from webnet_nornir.markers import refusal_anywhere


def scrapli_send_command(task: Task, command: str, **arguments: Any) -> Result:
    """Run nornir_scrapli's `send_command` over a session webnet opened and checked.

    Args:
        task: The Nornir task that runs.
        command: The command.
        **arguments: Those of nornir_scrapli's task, but for `timeout_ops`: the session keeps the time.

    Raises:
        CliRejected: The device refused the command.
    """
    session, context = _session(task)
    session.begin_command(min(session.timeouts.command, context.remaining))
    result = upstream.send_command(task, command=command, **arguments)
    reject_refused(context.platform, {command: str(result.result)})
    return result


def scrapli_get_prompt(task: Task) -> Result:
    """Return the device's prompt, over a session webnet opened and checked."""
    session, context = _session(task)
    session.begin_command(min(session.timeouts.command, context.remaining))
    return upstream.get_prompt(task)


def scrapli_send_configs(task: Task, configs: Sequence[str], **arguments: Any) -> Result:
    """Run nornir_scrapli's `send_configs` line by line over a session webnet opened and checked.

    Args:
        task: The Nornir task that runs; its checkpoints `saved` and `sending` must be stored.
        configs: Configuration lines.
        **arguments: Those of nornir_scrapli's task, but for `timeout_ops`: the session keeps the time.

    Raises:
        CliRejected: The device refused a line; those before it were entered.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    return scrapli_configure(task, lines=configs, **arguments)


def scrapli_run_commands(task: Task, commands: Sequence[str]) -> Result:
    """Run show commands; the result maps each to its output.

    Raises:
        CliRejected: The device refused some; `outputs` holds what it answered to each.
    """
    outputs = _answers(task, commands)
    reject_refused(context_of(task.host).platform, outputs)
    return Result(host=task.host, result=outputs)


def scrapli_get_config(task: Task, which: str = "running") -> Result:
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


def scrapli_get_facts(task: Task) -> Result:
    """Read what the device says about itself.

    Raises:
        CliRejected: The device refused every command that would tell.
    """
    session, context = _session(task)
    text = accepted_text(context.platform, _answers(task, context.platform.facts_commands))
    return Result(host=task.host, result=parse_facts(context.platform, text, hostname=session.base_prompt))


def scrapli_configure(task: Task, lines: Sequence[str], **arguments: Any) -> Result:
    """Enter configuration lines, scanning what the device prints after each.

    Where lines are collected in a candidate they are committed, or none takes effect; no `arguments` apply there.

    Raises:
        CliRejected: The device refused a line; those before it were entered, unless the error says `undone`.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    session, context = _session(task)
    context.require_write_permission()
    session.reusable = False
    session.enable()
    context.wrote = True
    if context.platform.slug in CANDIDATES:
        return _commit(task, session, lines)
    printed = []
    with session.any_prompt(), _leaving_config_mode(session):
        for line in lines:
            session.begin_command(min(session.timeouts.command, context.remaining))
            printed.append(str(upstream.send_configs(task, configs=[line], **arguments).result))
            refused = refusal_anywhere(context.platform, printed[-1].partition("\n")[2])
            if refused:
                raise CliRejected(
                    f"The device refused {line!r}: {refused}. The lines before it are in its running configuration.",
                    outputs={line: printed[-1]},
                    refused=(line,),
                )
    return Result(host=task.host, result="\n".join(printed), changed=True)


OPERATIONS: Final[Mapping[str, NornirTask]] = {
    "run_commands": scrapli_run_commands,
    "get_config": scrapli_get_config,
    "get_facts": scrapli_get_facts,
    "configure": scrapli_configure,
}


def _session(task: Task) -> tuple[ScrapliSession, HostContext]:
    return cast("ScrapliSession", connect(task.host, NAME)), context_of(task.host)


def _answers(task: Task, commands: Sequence[str]) -> dict[str, str]:
    session, _ = _session(task)
    if session.has_enable_password:
        session.enable()
    return {command: _send(task, session, command, seconds=session.timeouts.command) for command in commands}


def _send(task: Task, session: ScrapliSession, command: str, *, seconds: float) -> str:
    session.begin_command(seconds)
    return str(upstream.send_command(task, command=command).result)


def _commit(task: Task, session: ScrapliSession, lines: Sequence[str]) -> Result:
    context = context_of(task.host)

    def ask(line: str, *, patient: bool = False) -> str:
        session.begin_command(context.remaining if patient else min(session.timeouts.command, context.remaining))
        return bytes(session.connection.channel.send_input(line)[1]).decode("utf-8", "replace")

    with session.any_prompt(PROMPT):
        return Result(host=task.host, result=configure_candidate(context.platform, lines, ask), changed=True)


@contextlib.contextmanager
def _leaving_config_mode(session: ScrapliSession) -> Iterator[None]:
    # scrapli stays in configuration mode until the next command; a session is left as it was found.
    try:
        yield
    finally:
        if not session.transport.given_up:
            with contextlib.suppress(Exception):
                session.connection.acquire_priv(session.connection.default_desired_privilege_level)
