"""What can be wrong with a device, by name, each with its parameters."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any, ClassVar, Protocol

from webnet_sim.exceptions import BadFaultParameter, UnknownFault


class Wire(Protocol):
    """What a fault may do to the connection it spoils."""

    def send(self, data: bytes) -> None:
        """Send bytes to the client at once."""

    async def drain(self) -> None:
        """Wait until the client has read what was sent, as far as it must before more is."""

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


COMMITS = r"^\s*(commit|configure session \S+ commit|configure replace|copy \S+ run|rollback run|end$)"
"""Commands that make a change active on any of the platforms; on those without a candidate, the end of configuring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DropsInCommit(Fault):
    """The connection is reset when a change is made active, and nobody is told whether it was.

    Args:
        command: Regular expression of the commands that make a change active.
        carried_out: Whether the device does it before the reset, or only would have.
    """

    name: ClassVar[str] = "drops_in_commit"
    command: str = COMMITS
    carried_out: bool = True

    def concerns(self, line: str) -> bool:
        """Whether this line makes a change active."""
        return re.search(self.command, line) is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class Flood(OutputFault):
    """Part of the output comes, then lines without end, as fast as the client reads them."""

    name: ClassVar[str] = "flood"

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the first part, then log lines for ever."""
        wire.send(output[: self.after_bytes])
        for number in count(1):
            wire.send(b"\r\n%%FLOOD-5-ENDLESS: line %d of many" % number * 256)
            await wire.drain()


@dataclass(frozen=True, kw_only=True, slots=True)
class InvalidBytes(OutputFault):
    """In the middle of the output stand bytes that no text has; then it goes on to its end.

    There are broken UTF-8, NUL bytes, control sequences that move the cursor and erase, and one endless line.

    Args:
        line_bytes: How long that line is.
    """

    name: ClassVar[str] = "invalid_bytes"
    line_bytes: int = 1 << 20

    async def deliver(self, wire: Wire, output: bytes) -> None:
        """Send the first part, the rubbish and the rest."""
        wire.send(output[: self.after_bytes] + _RUBBISH)
        for start in range(0, self.line_bytes, 1 << 15):
            wire.send(b"x" * min(1 << 15, self.line_bytes - start))
            await wire.drain()
        wire.send(b"\r\n" + output[self.after_bytes :])


_RUBBISH = b"\xff\xfe\xc3\x28\xed\xa0\x80\x00\x00\x1b[2J\x1b[1;1H\x1b[31m\x07\x08\x08\x1b]0;title\x07\x9b0m\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedPrompt(Fault):
    """In the middle of a session the device shows another name in its prompt.

    Args:
        prompt: The name it shows.
        command: Regular expression of the command after which it does; empty for any.
    """

    name: ClassVar[str] = "changed_prompt"
    prompt: str = "renamed"
    command: str = ""

    def concerns(self, line: str) -> bool:
        """Whether the name is another one after this line."""
        return bool(line.strip()) and re.search(self.command, line) is not None


FAULTS: Mapping[str, type[Fault]] = {
    kind.name: kind
    for kind in (
        ChangedHostKey,
        ChangedPrompt,
        ClosedPort,
        Drips,
        Drops,
        DropsInCommit,
        Flood,
        HangsAuth,
        HangsMidOutput,
        InvalidBytes,
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
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise BadFaultParameter(fault, f"{key} must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise BadFaultParameter(fault, f"{key} must be a number of at least 0, not {value!r}")
    return int(value) if isinstance(default, int) else float(value)


def _checked_pattern(fault: str, key: str, value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise BadFaultParameter(fault, f"{key} must be a regular expression, not {value!r} ({error})") from None
    return str(value)
