"""Building the tree a device has after it started from a configuration text."""

from __future__ import annotations

from webnet_sim.exceptions import InputError
from webnet_sim.shell.grammar import Grammar, Verb
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Match

_NO_LINES = ("!", "Building configuration", "Current configuration", "Using ")
"""What devices print around a configuration."""


def load_configuration(grammar: Grammar, text: str, unknown: list[str] | None = None) -> Line:
    """Build a configuration tree from the text a device would show or boot from.

    Lines the grammar does not know are kept as they are, at their indentation, so a real backup can be loaded.

    Args:
        grammar: The vendor's configuration language.
        text: The configuration, indented as the vendor shows it.
        unknown: Takes the lines the grammar does not know.
    """
    return _Loader(grammar, text.splitlines(), [] if unknown is None else unknown).load()


class _Loader:
    def __init__(self, grammar: Grammar, lines: list[str], unknown: list[str]) -> None:
        self._grammar = grammar
        self._unknown = unknown
        self._lines = lines
        self._root = Line("", mode="config")
        self._stack: list[tuple[int, Line]] = [(-1, self._root)]
        self._last = self._root

    def load(self) -> Line:
        index = 0
        while index < len(self._lines):
            raw = self._lines[index]
            line = raw.strip()
            used = 1
            if line.startswith("banner "):
                used = _banner_length(line, self._lines[index:])
                line = "\n".join([line, *self._lines[index + 1 : index + used]])
            if line and not line.startswith(_NO_LINES) and line not in {"end", "exit"}:
                self._take(line, len(raw) - len(raw.lstrip()))
            index += used
        return self._root

    def _take(self, line: str, indent: int) -> None:
        while self._stack[-1][0] >= indent:
            self._stack.pop()
        parent = self._stack[-1][1]
        new = self._known(parent, line)
        if new is None:
            self._unknown.append(line)
            new = self._grammar.verbatim(line, self._last.place)
        self._last, _ = parent.put(new)
        self._stack.append((indent, self._last))

    def _known(self, parent: Line, line: str) -> Line | None:
        if not parent.mode:
            return None
        first = line.partition("\n")[0]
        try:
            if first.startswith("no "):
                return self._grammar.negative(*self._grammar.negated(parent.mode, first[3:]))
            found = self._grammar.vocabulary(parent.mode).match(first)
        except InputError:
            return None
        if isinstance(found.target, Verb):
            return None
        match = Match(found.target, found.words, found.arguments, found.literals)
        return self._grammar.line(found.target, match, line if "\n" in line else match.text)


def _banner_length(line: str, following: list[str]) -> int:
    words = line.split(None, 2)
    mark = "EOF" if len(words) < 3 else "^C" if words[2].startswith("^C") else words[2][0]
    if len(words) == 3 and words[2].count(mark) > 1:
        return 1
    for length, raw in enumerate(following[1:], start=2):
        if mark in raw:
            return length
    return len(following)
