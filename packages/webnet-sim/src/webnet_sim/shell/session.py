"""One login on a device: modes, privilege, questions; a line in, the device's text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.commands import Call

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.dialect import Mode


@dataclass(frozen=True, slots=True)
class Question:
    """Something the device asks before it goes on.

    Args:
        prompt: The words of the question, in place of the prompt.
        answer: Takes what was typed, gives what the device prints; may set another question.
        hidden: Whether what is typed is not echoed (a password).
    """

    prompt: str
    answer: Callable[[str], str]
    hidden: bool = False


class Session:
    """One login on a device's command line.

    Args:
        device: The device.
        user: Who logged in; empty for the local console.
        level: Privilege, 1 or 15.
    """

    def __init__(self, device: Device, *, user: str = "", level: int = 15) -> None:
        self.device = device
        self.user = user
        self.level = level
        self.length = 24
        self.width = 80
        self.question: Question | None = None
        self.closed = False
        self.shown_name = ""
        self.configuring: Mode | None = None

    @property
    def name(self) -> str:
        """The name the prompt shows: the device's, unless a fault shows another."""
        return self.shown_name or self.device.prompt_name

    @property
    def prompt(self) -> str:
        """What the device shows before it reads the next line."""
        if self.question:
            return self.question.prompt
        return self.device.vendor.prompt(self)

    @property
    def mode(self) -> str:
        """Where the next line is read: ``exec``, ``config``, ``tcl``, ``question`` or ``password``."""
        if self.question:
            return "password" if self.question.hidden else "question"
        return self.configuring.kind if self.configuring else "exec"

    @property
    def collecting(self) -> bool:
        """Whether the next lines are text for a command before."""
        return self.question is None and self.configuring is not None and self.configuring.collecting

    def execute(self, line: str) -> str:
        """Do what a typed line says; gives what the device prints, each line ended by a line feed."""
        if self.question:
            question, self.question = self.question, None
            return question.answer(line.strip())
        if self.configuring and self.configuring.collecting:
            return self.configuring.collect(line)
        if not line.strip() or line.lstrip().startswith("!"):
            return ""
        try:
            return self._configure(line) if self.configuring else self.run_command(line)
        except Rejected as refusal:
            return refusal.text
        except InputError as error:
            return self.device.vendor.explain(error, line, self)

    def run_command(self, line: str) -> str:
        """Answer an exec command, filters included.

        Raises:
            InputError: The line is no command.
        """
        command, bar, pipeline = line.partition("|")
        found = self.device.vendor.commands.match(command, level=self.level)
        call = Call(self, found.words, found.arguments, pipeline.strip() if bar else None)
        return self.device.vendor.answer(call, found.target.handler)

    def help(self, typed: str) -> str:
        """What the device prints when somebody types a question mark."""
        try:
            words = self._next_words(typed)
        except InputError:
            return "% Unrecognized command\n"
        return "".join(f"  {word}\n" for word in words)

    def complete(self, typed: str) -> str:
        """What the tabulator adds to the word being typed; nothing unless one word fits."""
        tail = typed.rpartition(" ")[2]
        try:
            words = self._next_words(typed) if tail else []
        except InputError:
            return ""
        return f"{words[0][len(tail) :]} " if len(words) == 1 else ""

    def _next_words(self, typed: str) -> Sequence[str]:
        if self.configuring:
            return self.configuring.next_words(typed)
        return self.device.vendor.commands.next_words(typed, level=self.level)

    def enter_configuration(self) -> None:
        """Go into configuration mode."""
        self.device.keep_startup()
        self.configuring = self.device.vendor.dialect.configure(self)

    def leave_configuration(self) -> None:
        """Go back to exec mode; the device notes who configured and when."""
        if self.configuring:
            self.configuring.hang_up()
            self.configuring = None
            self.device.note_change(self.user)

    def hang_up(self) -> None:
        """The connection is gone, wherever the session stood."""
        if self.configuring:
            self.configuring.hang_up()
            self.configuring = None

    def _configure(self, line: str) -> str:
        assert self.configuring is not None  # noqa: S101 - the caller asked
        return self.configuring.execute(line)
