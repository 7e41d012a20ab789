"""What `run_commands` takes: show commands, nothing that would change a device without its checkpoints."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from webnet_nornir.tasks.information import RunCommandsParams

CHANGING = (
    "configure terminal",
    "conf t",
    "CONFIG T",
    "conf",
    " configure session x",
    "edit",
    "system-view",
    "write memory",
    "wr",
    "copy running-config startup-config",
    "reload in 5",
    "rel",
    "clear counters",
    "del flash:x",
    "request system reboot",
    "commit",
    "rollback 1",
    "reset saved-configuration",
    "tclsh",
    "start shell",
    "no shutdown",
    "save",
    "set cli idle 0",
)
READING = (
    "show configuration",
    "show conf",
    "show run | include edit",
    "sh ver",
    "display version",
    "ping 192.0.2.1",
    "more flash:x",
    "traceroute 192.0.2.1",
    "dir",
    "get system status",
    "terminal length 0",
    "s",
    "confreg-status",
    "nodes",
    "clock",
)


@pytest.mark.parametrize("command", CHANGING)
def test_a_command_that_changes_something_is_refused_abbreviated_or_not(command: str) -> None:
    with pytest.raises(ValidationError, match="which changes something"):
        RunCommandsParams(commands=["show version", command])


@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_is_taken(command: str) -> None:
    assert RunCommandsParams(commands=[command]).commands == [command]


@pytest.mark.parametrize("command", ["show version\nreload", "show\rclock", "show \x03"])
def test_a_command_that_holds_a_second_one_is_refused(command: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        RunCommandsParams(commands=[command])
