"""What can be wrong with a device, by name, each with its parameters."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any, ClassVar, Protocol

from webnet_sim.exceptions import BadFaultParameter, UnknownFault


class Wire(Protocol):
    """What a fault may do to the connection it spoils."""

    def send(self, data: bytes) -> None:
        """Send bytes to the client at once."""

    def reset(self) -> None:
        """Break the TCP connection with a reset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something wrong with a device."""

    name: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedPort(Fault):
    """Nothing listens: connections are refused, as by a device that is switched off."""

    name: ClassVar[str] = "closed_port"


@dataclass(frozen=True, kw_only=True, slots=True)
class NeverAnswers(Fault):
    """TCP connects and then nothing comes, not even the SSH banner."""

    name: ClassVar[str] = "never_answers"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusesAuth(Fault):
    """Every password is wrong."""

    name: ClassVar[str] = "refuses_auth"


@dataclass(frozen=True, kw_only=True, slots=True)
class HangsAuth(Fault):
    """Key exchange works, and the password is never answered."""

    name: ClassVar[str] = "hangs_auth"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedHostKey(Fault):
    """The device shows other host keys than before."""

    name: ClassVar[str] = "changed_host_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slow(Fault):
    """Every command takes a while.

    Args:
        seconds: How long, before the first byte of output.
        command: Regular expression of the commands that are slow; empty for all.
    """

    name: ClassVar[str] = "slow"
    seconds: float = 1.0
    command: str = ""

    def concerns(self, line: str) -> bool:
        """Whether this line is slow."""
        return bool(line.strip()) and re.search(self.command, line) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFault(Fault):
    """Something that happens while a command's output is sent.

    Args:
        after_bytes: How much of the output comes through first. Shorter outputs are spoiled only if `command` fits.
        command: Regular expression of the lines it concerns, those of configuration included; a line is carried out
            before its output is spoiled. Empty for every line with enough output.
    """

    after_bytes: int = 200
    command: str = ""

    def concerns(self, line: str, output: bytes) -> bool:
        """Whether this command's output is spoiled."""
        if self.command:
            return re.search(self.command, line) is not None
        return len(output) > self.after_bytes

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the output as far as the fault lets it through."""
        wire.send(output)


@dataclass(frozen=True, kw_only=True, slots=True)
class HangsMidOutput(OutputFault):
    """Part of the output comes, then nothing, for ever."""

    name: ClassVar[str] = "hangs_mid_output"

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the first part and stop."""
        wire.send(output[: self.after_bytes])
        await asyncio.Event().wait()


@dataclass(frozen=True, kw_only=True, slots=True)
class Drips(OutputFault):
    """Part of the output comes, then one byte after another, without end.

    Args:
        interval: Seconds between two bytes.
    """

    name: ClassVar[str] = "drips"
    interval: float = 0.1

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the first part at once and the rest byte by byte, over and over."""
        wire.send(output[: self.after_bytes])
        for byte in cycle(output[self.after_bytes :] or b"."):
            await asyncio.sleep(self.interval)
            wire.send(bytes([byte]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Drops(OutputFault):
    """Part of the output comes, then the connection is reset."""

    name: ClassVar[str] = "drops"

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the first part, let it arrive, reset."""
        wire.send(output[: self.after_bytes])
        await asyncio.sleep(0.05)
        wire.reset()


FAULTS: Mapping[str, type[Fault]] = {
    kind.name: kind
    for kind in (
        ChangedHostKey,
        ClosedPort,
        Drips,
        Drops,
        HangsAuth,
        HangsMidOutput,
        NeverAnswers,
        RefusesAuth,
        Slow,
    )
}


def make_fault(fault: str | Fault, **parameters: Any) -> Fault:
    """A fault from its name and parameters; a ready one is given back as it is.

    Raises:
        UnknownFault: No fault has this name.
        BadFaultParameter: The fault takes no such parameter, or not this value.
    """
    if isinstance(fault, Fault):
        return fault
    if fault not in FAULTS:
        raise UnknownFault(fault, FAULTS)
    kind = FAULTS[fault]
    known = {field.name: field for field in dataclasses.fields(kind)}
    return kind(**{key: _checked(fault, known, key, value) for key, value in parameters.items()})


def _checked(fault: str, known: Mapping[str, dataclasses.Field[Any]], key: str, value: Any) -> Any:
    if key not in known:
        allowed = ", ".join(known) or "none"
        raise BadFaultParameter(fault, f"it has no parameter {key!r}; there are: {allowed}")
    default = known[key].default
    if isinstance(default, str):
        return _checked_pattern(fault, key, value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadFaultParameter(fault, f"{key} must be a number of at least 0, not {value!r}")
    return int(value) if isinstance(default, int) else float(value)


def _checked_pattern(fault: str, key: str, value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise BadFaultParameter(fault, f"{key} must be a regular expression, not {value!r} ({error})") from None
    return str(value)
