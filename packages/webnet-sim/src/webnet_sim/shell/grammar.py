"""What a vendor's configuration mode accepts, as data: one rule a pattern, one vocabulary a mode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING

from webnet_sim.exceptions import IncompleteLine, InputError
from webnet_sim.shell.arguments import InterfaceNames, Kind
from webnet_sim.shell.tree import Line, Place
from webnet_sim.shell.words import Match, Vocabulary

if TYPE_CHECKING:
    from webnet_sim.device import Device


class Verb(Enum):
    """Words of configuration mode that are no configuration."""

    EXIT = "exit"
    END = "end"
    ABORT = "abort"
    DO = "do <rest>"
    NO = "no <rest>"
    DEFAULT = "default <rest>"
    SHOW = "show <rest>"


Check = Callable[["Device", Line, Match["Rule"]], None]
"""Looks at a line before it is stored under its section; raises `Rejected` with the device's text to refuse it."""

Rewrite = Callable[["Device", Match["Rule"]], str]
"""Gives the text a line is stored as, where the device keeps it in another form (a hashed secret)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One pattern of configuration.

    Args:
        pattern: As in `Vocabulary.add`.
        opens: Mode of the lines under it; empty when it opens no section.
        single: A new value replaces the old one.
        key: What the value is stored under; by default the words before the first argument.
        negates: After ``no`` the device shows the negative line.
        implied: The device's default: only the negative line is shown.
        check: May refuse the line.
        rewrite: May change the stored text.
        initial: Negative lines a new section of this kind starts with, without their ``no``.
        rank: Where such lines stand among others; set by the grammar.
    """

    pattern: str
    opens: str = ""
    single: bool = False
    key: str = ""
    negates: bool = False
    implied: bool = False
    check: Check | None = None
    rewrite: Rewrite | None = None
    initial: tuple[str, ...] = ()
    rank: int = 0

    def key_of(self, match: Match[Rule]) -> str:
        """What a matching line is stored under."""
        if not (self.single or self.negates or self.implied):
            return match.text
        return self.key or " ".join(match.words[: match.literals])


Entry = Rule | Verb


class Grammar:
    """The configuration language of one vendor.

    Args:
        modes: Mode name (``config``, ``config-if``) to its rules in order of display.
        kinds: Argument kinds the patterns use.
        names: The vendor's interface names, for sorting.
        verbs: Words that every mode knows besides its rules.
    """

    def __init__(
        self,
        modes: Mapping[str, Sequence[Rule]],
        *,
        kinds: Mapping[str, Kind],
        names: InterfaceNames,
        verbs: Sequence[Verb],
    ) -> None:
        self._names = names
        self._sequence = count()
        self._vocabularies = {mode: _vocabulary(rules, kinds, verbs) for mode, rules in modes.items()}

    def vocabulary(self, mode: str) -> Vocabulary[Entry]:
        """All that may be typed in a mode."""
        return self._vocabularies[mode]

    def line(self, rule: Rule, match: Match[Rule], text: str) -> Line:
        """A new line of configuration for a matched rule."""
        return Line(text, key=rule.key_of(match), place=self._place(rule, match), mode=rule.opens)

    def negative(self, rule: Rule, key: str) -> Line:
        """The line a device shows for something switched off."""
        return Line(f"no {key}", key=key, place=(rule.rank, (0, 0), next(self._sequence)))

    def verbatim(self, text: str, after: Place) -> Line:
        """A line no rule knows, kept as it is beside its neighbour."""
        rank, name = after[:2] if after else (0, (0, 0))
        return Line(text, place=(rank, name, next(self._sequence)))

    def negated(self, mode: str, line: str) -> tuple[Rule, str]:
        """The rule a ``no`` line speaks of and the key or text of what goes.

        Raises:
            InputError: The line fits no rule of the mode, or names only part of one.
        """
        vocabulary = self._vocabularies[mode]
        try:
            found = vocabulary.match(line)
        except IncompleteLine:
            return _begun(vocabulary, line)
        if isinstance(found.target, Verb):
            raise InputError(line.split(maxsplit=1)[0], 0, len(line) - len(line.lstrip()))
        match = Match(found.target, found.words, found.arguments, found.literals)
        return found.target, found.target.key_of(match)

    def _place(self, rule: Rule, match: Match[Rule]) -> Place:
        if rule.opens and match.arguments:
            name = match.arguments[0]
            natural = (0, int(name)) if name.isdecimal() else (1, *self._names.sort_key(name))
            return rule.rank, natural, next(self._sequence)
        return rule.rank, (0, 0), next(self._sequence)


def _begun(vocabulary: Vocabulary[Entry], line: str) -> tuple[Rule, str]:
    words, targets = vocabulary.match_beginning(line)
    text = " ".join(words)
    for target in targets:
        if isinstance(target, Rule) and (target.key or _literals(target.pattern)) == text:
            return target, text
    raise IncompleteLine(line, len(words), len(line.rstrip()))


def _literals(pattern: str) -> str:
    return pattern.partition("<")[0].strip()


def _vocabulary(rules: Sequence[Rule], kinds: Mapping[str, Kind], verbs: Sequence[Verb]) -> Vocabulary[Entry]:
    vocabulary: Vocabulary[Entry] = Vocabulary(kinds)
    for verb in verbs:
        vocabulary.add(verb.value, verb)
    for rank, rule in enumerate(rules):
        vocabulary.add(rule.pattern, _ranked(rule, rank))
    return vocabulary


def _ranked(rule: Rule, rank: int) -> Rule:
    return replace(rule, rank=rank)
