"""Command vocabularies: patterns in, abbreviated lines matched to what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, UnknownWord
from webnet_sim.shell.arguments import Kind, Token, tokenize

T = TypeVar("T")

_MEMORY = 20_000
"""Lines whose meaning is remembered: hundreds of devices load, and are asked, much the same ones."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a typed line turned out to be.

    Args:
        target: What was registered for the pattern.
        words: The line in full spelling, word by word.
        arguments: The values of the pattern's arguments, in order.
        literals: How many of ``words`` come before the first argument.
    """

    target: T
    words: tuple[str, ...]
    arguments: tuple[str, ...]
    literals: int

    @property
    def text(self) -> str:
        """The whole line in full spelling."""
        return " ".join(self.words)


@dataclass(slots=True)
class _Node(Generic[T]):
    words: dict[str, _Node[T]] = field(default_factory=dict)
    arguments: dict[str, _Node[T]] = field(default_factory=dict)
    targets: list[T] = field(default_factory=list)


class Vocabulary(Generic[T]):
    """The commands of one mode.

    A pattern is words parted by blanks. ``<kind>`` is an argument, ``[x]`` may be left out, ``(a|b)`` is either.

    Args:
        kinds: Name of an argument kind to what matches it.
    """

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._root: _Node[T] = _Node()
        self._known: dict[str, Match[T]] = {}

    def add(self, pattern: str, target: T) -> None:
        """Make every line that fits the pattern stand for the target."""
        for plain in expand_pattern(pattern):
            node = self._root
            for word in plain.split():
                branch = node.arguments if word.startswith("<") else node.words
                node = branch.setdefault(word.strip("<>"), _Node())
            node.targets = [target]
        self._known.clear()

    def match(self, line: str) -> Match[T]:
        """Find what a typed line stands for; every word may be cut short as long as it stays unique.

        Raises:
            UnknownWord: A word fits nothing at its place.
            AmbiguousWord: A word begins several commands.
            IncompleteLine: The line ends too early.
        """
        known = self._known.get(line)
        if known is None:
            known = self._match(line)
            if len(self._known) >= _MEMORY:
                self._known.clear()
            self._known[line] = known
        return known

    def _match(self, line: str) -> Match[T]:
        found = _Walk[T](line, self._kinds).follow(self._root)
        if not found.node.targets:
            raise IncompleteLine(line, len(found.words), len(line.rstrip()))
        return Match(found.node.targets[0], tuple(found.words), tuple(found.arguments), found.literals)

    def match_beginning(self, line: str) -> tuple[Sequence[str], Sequence[T]]:
        """Spell out a line that may stop early; gives its full words and all that it could still become.

        Raises:
            UnknownWord: A word fits nothing at its place.
            AmbiguousWord: A word begins several commands.
        """
        found = _Walk[T](line, self._kinds).follow(self._root)
        return found.words, list(_targets(found.node))

    def next_words(self, line: str) -> Sequence[str]:
        """What could be typed next: the words that begin with the last one, or all after a blank."""
        tokens = tokenize(line)
        open_word = tokens.pop().text.lower() if tokens and not line.endswith(" ") else ""
        head = line[: tokens[-1].column + len(tokens[-1].text)] if tokens else ""
        node = _Walk[T](head, self._kinds).follow(self._root).node
        words = [word for word in sorted(node.words) if word.startswith(open_word)]
        if not open_word:
            words += [kind.upper() for kind in node.arguments]
            words += ["<cr>"] if node.targets else []
        return words


def expand_pattern(pattern: str) -> Iterator[str]:
    """All plain patterns that one with optional and alternative parts stands for."""
    found = _OPTIONAL.search(pattern)
    if found is None:
        yield " ".join(pattern.split())
        return
    choices = ["", found[1]] if found[1] is not None else found[2].split("|")
    for choice in choices:
        yield from expand_pattern(pattern[: found.start()] + choice + pattern[found.end() :])


def _targets(node: _Node[T]) -> Iterator[T]:
    yield from node.targets
    for child in (*node.words.values(), *node.arguments.values()):
        yield from _targets(child)


class _Walk(Generic[T]):
    """One line on its way through a vocabulary."""

    def __init__(self, line: str, kinds: Mapping[str, Kind]) -> None:
        self._line = line
        self._kinds = kinds
        self._tokens = tokenize(line)
        self.node: _Node[T]
        self.words: list[str] = []
        self.arguments: list[str] = []
        self.literals = 0

    def follow(self, root: _Node[T]) -> _Walk[T]:
        self.node = root
        index = 0
        while index < len(self._tokens):
            index += self._step(self._tokens[index], index)
        return self

    def _step(self, token: Token, index: int) -> int:
        typed = token.text.lower()
        exact = self.node.words.get(typed)
        fitting = [typed] if exact else [word for word in self.node.words if word.startswith(typed)]
        if len(fitting) == 1:
            self._take_literal(fitting[0])
            return 1
        argument = self._step_argument(index)
        if argument:
            return argument
        problem = AmbiguousWord if fitting else UnknownWord
        raise problem(token.text, index, token.column)

    def _take_literal(self, word: str) -> None:
        self.node = self.node.words[word]
        self.words.append(word)
        if not self.arguments:
            self.literals += 1

    def _step_argument(self, index: int) -> int:
        for kind, node in self.node.arguments.items():
            found = self._kinds[kind](self._line, self._tokens, index)
            if found:
                self.node = node
                self.words.append(found[0])
                self.arguments.append(found[0])
                return found[1]
        return 0
