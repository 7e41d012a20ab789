"""The closed list of what can be asked of a device, with typed arguments and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from webnet_core.exceptions import FieldError, InvalidInput, UnknownKey

CommandOutputs: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a device says about itself; empty text where it does not say. `uptime` is the device's own wording."""

    model: str = ""
    os_version: str = ""
    serial: str = ""
    hostname: str = ""
    uptime: str = ""


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RunCommands(_Arguments):
    """Run show commands in order; the result maps each command to what the device answered."""

    commands: Sequence[str] = Field(min_length=1)

    @field_validator("commands")
    @classmethod
    def _single_lines(cls, commands: Sequence[str]) -> Sequence[str]:
        return _lines(commands)


class GetConfig(_Arguments):
    """Read a whole configuration; `which` is a key of the platform's `config_commands`."""

    which: str = "running"


class GetFacts(_Arguments):
    """Read model, software version, serial number, host name and uptime."""


class Configure(_Arguments):
    """Enter configuration lines; the result is what the device printed meanwhile."""

    lines: Sequence[str] = Field(min_length=1)

    @field_validator("lines")
    @classmethod
    def _single_lines(cls, lines: Sequence[str]) -> Sequence[str]:
        return _lines(lines)


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One thing a driver can do: its arguments, its result, and whether it writes to the device."""

    name: str
    arguments: type[BaseModel]
    result: Any
    writes: bool = False


OPERATIONS: Final[Mapping[str, Operation]] = {
    operation.name: operation
    for operation in (
        Operation(name="run_commands", arguments=RunCommands, result=CommandOutputs),
        Operation(name="get_config", arguments=GetConfig, result=str),
        Operation(name="get_facts", arguments=GetFacts, result=Facts),
        Operation(name="configure", arguments=Configure, result=str, writes=True),
    )
}


def operation(name: str) -> Operation:
    """Return the operation called `name`.

    Raises:
        UnknownKey: There is none; the message lists them.
    """
    try:
        return OPERATIONS[name]
    except KeyError:
        raise UnknownKey(
            f"There is no operation {name!r}; there are {', '.join(OPERATIONS)}.", key=name, matches=()
        ) from None


def checked_arguments(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments of operation `name`, validated and with defaults filled in.

    Raises:
        InvalidInput: One is missing, unknown or of the wrong type.
        UnknownKey: There is no such operation.
    """
    model = operation(name).arguments
    try:
        return model.model_validate(dict(arguments)).model_dump()
    except ValidationError as error:
        raise InvalidInput(
            errors=[
                FieldError(path=".".join(map(str, one["loc"])), message=one["msg"], code=one["type"])
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from None


def _lines(lines: Sequence[str]) -> Sequence[str]:
    for line in lines:
        if not line.strip():
            raise ValueError("a line is empty")
        if any(character in line for character in "\r\n\x00\x03\x1a"):
            raise ValueError("a line holds a line break or a control character; give each line as an item of its own")
    return tuple(lines)
