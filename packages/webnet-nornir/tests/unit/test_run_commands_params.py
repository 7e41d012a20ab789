"""What `run_commands` takes: show commands, nothing that would change a device without its checkpoints."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from webnet_nornir.tasks.information import RunCommandsParams


@pytest.mark.parametrize(
    "command",
    ["configure terminal", "conf t", "CONFIG T", "conf", "configure", " configure session x", "edit", "system-view"],
)
def test_a_command_that_enters_configuration_mode_is_refused(command: str) -> None:
    with pytest.raises(ValidationError, match="enters configuration mode"):
        RunCommandsParams(commands=["show version", command])


@pytest.mark.parametrize("command", ["show configuration", "show conf", "show run | include edit", "confreg-status"])
def test_a_command_that_only_speaks_of_configuration_is_taken(command: str) -> None:
    assert RunCommandsParams(commands=[command]).commands == [command]


@pytest.mark.parametrize("command", ["show version\nreload", "show\rclock", "show \x03"])
def test_a_command_that_holds_a_second_one_is_refused(command: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        RunCommandsParams(commands=[command])
