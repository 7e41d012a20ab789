"""Tasks that ask a device something."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from nornir.core.task import Task
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from webnet_core.events.emit import emit
from webnet_core.events.types import InventoryInconsistent
from webnet_core.inventory.contacts import Differs, record_facts
from webnet_core.plugins.items import CollectBatch, HostStatus, Outcome, TaskSpec
from webnet_nornir.operations import Facts
from webnet_nornir.perform import perform
from webnet_nornir.results import joined_outputs

# Outputs up to this size also go into the result as data, by command; larger ones are there as text alone.
DATA_LIMIT: Final = 64 * 1024
_CONTROL = "\r\n\x00\x03\x1a"
# A task of risk `read` passes no checkpoint, holds no lease and may be repeated: a command that begins with one of
# these words would be a change in disguise. With each word, the fewest letters by which devices still know it.
_WRITES: Final[Mapping[str, int]] = {
    "archive": 4, "bash": 4, "boot": 4, "clear": 2, "commit": 4, "configure": 4, "copy": 3, "debug": 3, "delete": 3,
    "edit": 2, "erase": 2, "execute": 3, "format": 4, "guestshell": 5, "install": 3, "license": 3, "load": 3,
    "mkdir": 2, "no": 2, "python": 4, "reboot": 4, "reload": 3, "rename": 3, "request": 3, "reset": 4, "restart": 5,
    "rmdir": 2, "rollback": 2, "run-script": 5, "save": 3, "set": 3, "shutdown": 4, "squeeze": 2, "start": 4,
    "system-view": 3, "tclsh": 3, "test": 4, "undelete": 3, "undo": 4, "upgrade": 2, "write": 2,
}  # fmt: skip

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
            if isinstance(command, str) and (word := changing_word(command)):
                raise ValueError(
                    f"{command.strip()!r} begins with {word!r}, which changes something; this task only reads"
                )
        return commands


def changing_word(command: str) -> str:
    """Return the word by which a command changes something on some device; empty for one that reads."""
    first = command.strip().lower().partition(" ")[0]
    return next((word for word, least in _WRITES.items() if len(first) >= least and word.startswith(first)), "")


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
    emit(*(_inconsistent(one) for one in (record_facts(found) if found else ())))


def _inconsistent(differs: Differs) -> InventoryInconsistent:
    device = differs.device
    return InventoryInconsistent(
        customer_id=device.customer_id,
        site_ids=frozenset() if device.site_id is None else frozenset({device.site_id}),
        device_id=device.pk,
        device=device.hostname,
        field=differs.field,
        known=differs.known,
        found=differs.found,
    )


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
