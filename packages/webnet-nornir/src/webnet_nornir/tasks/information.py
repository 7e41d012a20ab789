"""Tasks that ask a device something."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from nornir.core.task import Task
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from webnet_core.inventory.contacts import record_facts
from webnet_core.plugins.items import CollectBatch, HostStatus, Outcome, TaskSpec
from webnet_nornir.operations import Facts
from webnet_nornir.perform import perform
from webnet_nornir.results import joined_outputs

# Outputs up to this size also go into the result as data, by command; larger ones are there as text alone.
DATA_LIMIT: Final = 64 * 1024
_CONTROL = "\r\n\x00\x03\x1a"
# A task of risk `read` passes no checkpoint and holds no lease: what follows these words would be a change in disguise.
_ENTERS_CONFIGURATION = re.compile(r"(?:conf(?:i(?:g(?:u(?:r(?:e)?)?)?)?)?|edit|system-view)(?:\s|$)", re.IGNORECASE)

Command = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class RunCommandsParams(BaseModel):
    """Parameters of `run_commands`."""

    model_config = ConfigDict(extra="forbid")

    commands: list[Command] = Field(
        title="Commands", description="Show commands, one a line.", min_length=1, max_length=50
    )

    @field_validator("commands", mode="before")
    @classmethod
    def _single_and_reading(cls, commands: Any) -> Any:
        for command in commands if isinstance(commands, list) else ():
            if isinstance(command, str) and any(character in command for character in _CONTROL):
                raise ValueError("a command holds a line break or a control character; give each command of its own")
            if isinstance(command, str) and _ENTERS_CONFIGURATION.match(command.strip()):
                raise ValueError(f"{command.strip()!r} enters configuration mode; this task only reads")
        return commands


def run_commands(task: Task, commands: list[str]) -> Outcome:
    """Run show commands and return what the device answered, by command."""
    outputs: Mapping[str, str] = perform(task, "run_commands", commands=commands)
    small = sum(map(len, outputs.values())) <= DATA_LIMIT
    return Outcome(status=HostStatus.OK, text=joined_outputs(outputs), data=dict(outputs) if small else None)


def get_facts(task: Task) -> Outcome:
    """Read model, software version and serial number."""
    facts: Facts = perform(task, "get_facts")
    known = {name: value for name, value in dataclasses.asdict(facts).items() if value}
    return Outcome(
        status=HostStatus.OK, text="".join(f"{name}: {value}\n" for name, value in known.items()), data=known
    )


def store_facts(batch: CollectBatch) -> None:
    """Write what the devices said about themselves into their rows."""
    found = {
        item.device_id: {name: str(value) for name, value in item.outcome.data.items()}
        for item in batch.items
        if item.outcome.status is HostStatus.OK and isinstance(item.outcome.data, Mapping)
    }
    if found:
        record_facts(found)


TASKS: Final[tuple[TaskSpec[Any], ...]] = (
    TaskSpec(
        name="run_commands",
        title="Run commands",
        description="Runs show commands and keeps what the devices answer.",
        category="information",
        run=run_commands,
        params=RunCommandsParams,
        needs=frozenset({"run_commands"}),
        deadline=timedelta(minutes=5),
    ),
    TaskSpec(
        name="get_facts",
        title="Read facts",
        description="Reads model, software version and serial number and writes them into the inventory.",
        category="information",
        run=get_facts,
        needs=frozenset({"get_facts"}),
        collect=store_facts,
        deadline=timedelta(minutes=2),
    ),
)
