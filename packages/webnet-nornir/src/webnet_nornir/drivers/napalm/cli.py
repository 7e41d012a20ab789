"""netmiko's connection as NAPALM's drivers are handed it."""

from __future__ import annotations

import re
from typing import Any, Final

from netmiko.exceptions import ConfigInvalidException

from webnet_nornir.drivers.netmiko.connection import NetmikoSession
from webnet_nornir.exceptions import CliRejected
from webnet_nornir.markers import error_pattern, refusal_anywhere

# NAPALM reads on after most refusals of these, and saves what it takes for success.
_CHANGES: Final = re.compile(r"(?:copy|configure|rollback|write)\b")


class ScannedCli:
    """Passes everything on to netmiko, keeps what the device answered, and notices where it said no.

    Args:
        session: The session whose host key was checked.
    """

    def __init__(self, session: NetmikoSession) -> None:
        self.answers: dict[str, str] = {}
        self.seconds = session.timeouts.command
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session.connection, name)

    def send_command(self, command_string: str, expect_string: str | None = None, **arguments: Any) -> Any:
        """Send a command and return its output, within the time the operation has.

        Raises:
            CliRejected: The command changes something, and the device refused it or part of it.
        """
        self._session.begin_command()
        arguments["read_timeout"] = self.seconds
        answer = self._session.connection.send_command(
            command_string, expect_string=expect_string or self._session.prompt_pattern, **arguments
        )
        if isinstance(answer, str):
            self.answers[command_string] = answer
            self._scan(command_string, answer)
        return answer

    def send_config_set(self, config_commands: Any = None, **arguments: Any) -> str:
        """Enter configuration lines and stop at the first one the device refuses."""
        self._session.begin_command()
        arguments.setdefault("error_pattern", error_pattern(self._session.platform))
        try:
            return str(self._session.connection.send_config_set(config_commands, **arguments))
        except ConfigInvalidException:
            # netmiko stays in configuration mode, where what NAPALM sends next to go back would be refused.
            self._session.connection.exit_config_mode()
            raise

    def _scan(self, command: str, answer: str) -> None:
        refused = refusal_anywhere(self._session.platform, answer) if _CHANGES.match(command) else ""
        if refused:
            raise CliRejected(
                f"The device refused {command!r} or a line of it: {refused}",
                outputs={command: answer},
                refused=(command,),
            )
