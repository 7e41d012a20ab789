"""What a device answered, judged the same way whichever driver carried it."""

from __future__ import annotations

from collections.abc import Mapping

from webnet_core.plugins.items import Platform
from webnet_nornir.exceptions import CliRejected, IncompleteOutput, OperationNotSupported
from webnet_nornir.markers import is_complete, refusal


def config_command(platform: Platform, which: str) -> str:
    """Return the command that shows a configuration.

    Raises:
        OperationNotSupported: The platform knows no such configuration.
    """
    command = platform.config_commands.get(which)
    if command is None:
        known = ", ".join(platform.config_commands)
        raise OperationNotSupported(f"{platform.label} has no {which!r} configuration; it has {known}.")
    return command


def checked_config(platform: Platform, which: str, command: str, text: str) -> str:
    """Return `text`, the answer to `command`, where it is a whole configuration.

    Raises:
        CliRejected: The device refused the command.
        IncompleteOutput: The text does not end as the platform's configurations end.
    """
    reject_refused(platform, {command: text})
    if which == "running" and not is_complete(platform, text):
        raise IncompleteOutput(
            f"The configuration ends with {text.rstrip()[-60:]!r}, not the way {platform.label} ends one; it was not "
            "kept. Run the task again."
        )
    return text


def reject_refused(platform: Platform, outputs: Mapping[str, str]) -> None:
    """Make sure that the device refused none of the commands.

    Raises:
        CliRejected: It refused some; `outputs` holds what it answered to each.
    """
    refused = refused_commands(platform, outputs)
    if refused:
        raise _rejection(outputs, refused)


def accepted_text(platform: Platform, outputs: Mapping[str, str]) -> str:
    """Return the answers to the commands the device accepted, joined.

    Raises:
        CliRejected: It refused every one.
    """
    refused = refused_commands(platform, outputs)
    told = [output for command, output in outputs.items() if command not in refused]
    if not told:
        raise _rejection(outputs, refused)
    return "\n".join(told)


def refused_commands(platform: Platform, outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the commands the device refused, each with the line that says so."""
    return {command: line for command, output in outputs.items() if (line := refusal(platform, output))}


def _rejection(outputs: Mapping[str, str], refused: Mapping[str, str]) -> CliRejected:
    told = "; ".join(f"{command!r}: {line}" for command, line in refused.items())
    return CliRejected(f"The device refused {told}", outputs=outputs, refused=tuple(refused))
