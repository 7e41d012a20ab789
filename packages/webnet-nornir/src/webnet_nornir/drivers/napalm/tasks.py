"""Operations over NAPALM, on top of nornir_napalm's tasks; each is a Nornir task, for `perform` and `nr.run`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

import nornir_napalm.plugins.tasks as upstream
from nornir.core.task import Result, Task

from webnet_nornir.answers import accepted_text, checked_config, config_command, reject_refused
from webnet_nornir.connections import connect
from webnet_nornir.context import HostContext, context_of
from webnet_nornir.drivers.base import NornirTask
from webnet_nornir.drivers.napalm.connection import NOT_UNDERSTOOD, NapalmSession, not_understood
from webnet_nornir.drivers.napalm.options import NAME, OWN_SESSION_TO_REPLACE
from webnet_nornir.exceptions import CliRejected, OperationNotSupported
from webnet_nornir.markers import is_complete
from webnet_nornir.operations import Facts

# Where NAPALM does not know something.
_NOTHING: Final = frozenset({"", "Unknown", "unknown", "None", "-1"})


def napalm_get_facts(task: Task) -> Result:
    """Run nornir_napalm's `napalm_get` for the facts over a session webnet opened and checked.

    Returns:
        NAPALM's dictionary: hostname, fqdn, vendor, model, serial_number, os_version, uptime (seconds) and
        interface_list.

    Raises:
        CliRejected: The device refused every command that would tell.
        ProtocolFailure: It answered something NAPALM does not understand.
    """
    session, context = _session(task)
    if session.has_enable_password:
        session.enable()
    session.begin(min(session.timeouts.command, context.remaining))
    try:
        facts: dict[str, Any] = upstream.napalm_get(task, getters=["facts"]).result["facts"]
    except NOT_UNDERSTOOD as error:
        accepted_text(context.platform, session.cli.answers)
        raise not_understood(error) from error
    accepted_text(context.platform, session.cli.answers)
    return Result(host=task.host, result=facts)


def napalm_get_config(task: Task, retrieve: str = "running") -> Result:
    """Read a configuration over NAPALM's session.

    NAPALM's own `get_config` sends the same command and takes lines out with a regular expression that costs more than
    the rest; here the text is the device's.

    Args:
        task: The Nornir task that runs.
        retrieve: One of the platform's `config_commands`: ``running``, ``startup``.

    Returns:
        The text under its name, as NAPALM has it.

    Raises:
        OperationNotSupported: The platform knows no such configuration.
        CliRejected: The device refused the command.
        IncompleteOutput: The text does not end as the platform's configurations end.
    """
    session, context = _session(task)
    command = config_command(context.platform, retrieve)
    session.enable()
    session.begin(context.remaining)
    text = str(session.cli.send_command(command))
    return Result(host=task.host, result={retrieve: checked_config(context.platform, retrieve, command, text)})


def napalm_config_merge(task: Task, configuration: str, *, dry_run: bool | None = None) -> Result:
    """Run nornir_napalm's `napalm_configure` to add lines to a device's configuration, which NAPALM then saves.

    On IOS even a dry run writes files to the device's flash and toggles ``file prompt quiet``.

    Args:
        task: The Nornir task that runs; its checkpoints `saved` and `sending` must be stored.
        configuration: The lines.
        dry_run: Load and compare, then discard.

    Returns:
        nornir_napalm's result: `diff`, and `changed` where there is one.

    Raises:
        CliRejected: The device refused a line; NAPALM put back what was there before.
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    return _load(task, configuration, replace=False, dry_run=dry_run)


def napalm_config_replace(task: Task, configuration: str, *, dry_run: bool | None = None) -> Result:
    """Run nornir_napalm's `napalm_configure` to put a whole configuration in place of a device's, which is then saved.

    Args:
        task: The Nornir task that runs; its checkpoints `saved` and `sending` must be stored.
        configuration: The configuration, complete.
        dry_run: Load and compare, then discard.

    Returns:
        nornir_napalm's result: `diff`, and `changed` where there is one.

    Raises:
        CliRejected: The device refused a line; it kept what it had.
        OperationNotSupported: NAPALM would open a session of its own for that (NX-OS).
        CheckpointMissing, LeaseLost: Nothing was sent.
    """
    return _load(task, configuration, replace=True, dry_run=dry_run)


def napalm_run_commands(task: Task, commands: Sequence[str]) -> Result:
    """Run show commands; the result maps each to its output, as the device printed it.

    Raises:
        CliRejected: The device refused some; `outputs` holds what it answered to each.
    """
    session, context = _session(task)
    if session.has_enable_password:
        session.enable()
    session.begin(session.timeouts.command)
    outputs = {}
    for command in commands:
        upstream.napalm_cli(task, commands=[command])
        # NAPALM takes error markers out of EOS' answers; what was received is judged and returned.
        outputs[command] = session.cli.answers[command]
    reject_refused(context.platform, outputs)
    return Result(host=task.host, result=outputs)


def napalm_read_config(task: Task, which: str = "running") -> Result:
    """Read a whole configuration: `napalm_get_config` with the text alone."""
    return Result(host=task.host, result=napalm_get_config(task, retrieve=which).result[which])


def napalm_read_facts(task: Task) -> Result:
    """Read what the device says about itself: `napalm_get_facts` as webnet names it."""
    told = napalm_get_facts(task).result
    facts = Facts(
        model=_known(told.get("model")),
        os_version=_version(_known(told.get("os_version"))),
        serial=_known(told.get("serial_number")),
        hostname=_known(told.get("hostname")),
        uptime=_seconds(told.get("uptime")),
    )
    return Result(host=task.host, result=facts)


OPERATIONS: Final[Mapping[str, NornirTask]] = {
    "run_commands": napalm_run_commands,
    "get_config": napalm_read_config,
    "get_facts": napalm_read_facts,
}


def _session(task: Task) -> tuple[NapalmSession, HostContext]:
    return cast("NapalmSession", connect(task.host, NAME)), context_of(task.host)


def _load(task: Task, configuration: str, *, replace: bool, dry_run: bool | None) -> Result:
    session, context = _session(task)
    if replace and context.platform.names[NAME] in OWN_SESSION_TO_REPLACE:
        raise OperationNotSupported(
            f"NAPALM would send a whole configuration to {context.platform.label} through a session of its own, whose "
            "host key nobody checks; merge lines instead."
        )
    context.require_write_permission()
    session.session.reusable = False
    session.enable()
    session.begin(context.remaining)
    context.wrote = True
    with _tidied(session):
        try:
            return upstream.napalm_configure(
                task, configuration=_ended(context, configuration), replace=replace, dry_run=dry_run
            )
        except CliRejected as error:
            if replace or not hasattr(session.connection, "merge_cfg"):
                raise
            raise _rolled_back(session, error) from error


def _ended(context: HostContext, configuration: str) -> str:
    # IOS compares a file with the running configuration only where it ends as configurations end.
    text = configuration.rstrip() + "\n"
    if context.platform.names[NAME] == "ios" and not is_complete(context.platform, text):
        text += "end\n"
    return text


def _rolled_back(session: NapalmSession, error: CliRejected) -> CliRejected:
    """Put back what IOS had before a merge: it enters the lines of a file one by one and goes on after a refusal."""
    try:
        session.connection.rollback()
    except CliRejected:
        fate = "What it accepted is in its running configuration, for it refused to go back too."
    else:
        fate = "It was put back to what it had before."
    return CliRejected(f"{error.message} {fate}", outputs=error.outputs)


@contextlib.contextmanager
def _tidied(session: NapalmSession) -> Iterator[None]:
    # What NAPALM would do when it closes, done while the device's lease is held.
    try:
        yield
    finally:
        if not session.session.connection.given_up:
            with contextlib.suppress(Exception):
                session.session.connection.exit_config_mode()
            if getattr(session.connection, "prompt_quiet_changed", False):
                with contextlib.suppress(Exception):
                    session.cli.send_config_set(["no file prompt quiet"])
                session.connection.prompt_quiet_changed = False


def _known(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    return "" if text in _NOTHING else text


def _version(text: str) -> str:
    """Return the bare version: IOS' name the image before it, EOS' the build behind it."""
    named = re.search(r"\bVersion ([^,\s]+)", text)
    return named.group(1) if named else text.partition("-")[0]


def _seconds(uptime: Any) -> str:
    return f"{int(uptime)} seconds" if isinstance(uptime, (int, float)) and uptime > 0 else ""
