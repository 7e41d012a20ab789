"""The exec commands of a vendor: a pattern, the privilege it needs and the function that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webnet_sim.exceptions import UnknownWord
from webnet_sim.shell.arguments import Kind
from webnet_sim.shell.words import Match, Vocabulary

if TYPE_CHECKING:
    from webnet_sim.device import Device
    from webnet_sim.shell.session import Session


@dataclass(frozen=True, slots=True)
class Call:
    """One command being answered.

    Args:
        session: The session it was typed in.
        words: The command in full spelling.
        arguments: Values of the pattern's arguments.
        pipeline: What was typed after the first ``|``; None without one.
    """

    session: Session
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    pipeline: str | None = None

    @property
    def device(self) -> Device:
        """The device that answers."""
        return self.session.device


Handler = Callable[[Call], str]
"""Gives the text the device prints, lines parted by line feeds."""


@dataclass(frozen=True, slots=True)
class Command:
    """An exec command and who may use it."""

    handler: Handler
    level: int


class CommandSet:
    """All exec commands of a vendor.

    Args:
        kinds: Argument kinds the patterns use.
    """

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._vocabularies: dict[bool, Vocabulary[Command]] = {
            privileged: Vocabulary(kinds) for privileged in (False, True)
        }

    def add(self, *patterns: str, level: int = 1) -> Callable[[Handler], Handler]:
        """Register the decorated function as the answer to the patterns.

        Args:
            patterns: As in `Vocabulary.add`.
            level: Privilege needed; 15 hides the command from user mode.
        """

        def register(handler: Handler) -> Handler:
            for pattern in patterns:
                self._vocabularies[True].add(pattern, Command(handler, level))
                if level <= 1:
                    self._vocabularies[False].add(pattern, Command(handler, level))
            return handler

        return register

    def match(self, line: str, *, level: int) -> Match[Command]:
        """The command a line stands for, as far as the privilege level shows it.

        Raises:
            InputError: There is none.
        """
        return self._vocabularies[level > 1].match(line)

    def next_words(self, line: str, *, level: int) -> Sequence[str]:
        """What could be typed next.

        Raises:
            InputError: What is typed so far begins no command.
        """
        return self._vocabularies[level > 1].next_words(line)

    def needs_privilege(self, line: str) -> bool:
        """Whether a line unknown in user mode would be a command in privileged mode."""
        try:
            self._vocabularies[True].match(line)
        except UnknownWord:
            return False
        return True
