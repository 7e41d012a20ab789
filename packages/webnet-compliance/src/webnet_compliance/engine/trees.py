"""A configuration as a tree: what stands deeper belongs to the line above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

_SEPARATORS = frozenset({"", "!", "#", "}"})


@dataclass(kw_only=True, slots=True)
class Node:
    """One line of a configuration with the lines that belong to it.

    `text` is the line without blanks at its ends, `line` its number, counted from 1.
    """

    text: str
    line: int
    indent: int
    children: list[Node] = field(default_factory=list, repr=False)

    def matching(self, pattern: str) -> Iterator[Node]:
        """The direct children in whose text `pattern` is found."""
        return (child for child in self.children if re.search(pattern, child.text))

    def walk(self) -> Iterator[Node]:
        """Every line that belongs to this one, in the configuration's order."""
        waiting = self.children[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.children[::-1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """All lines of a configuration; `roots` are those that belong to no other."""

    roots: Sequence[Node]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Self:
        """Build the tree of `lines` by their indentation; empty lines, lone ``!``, ``#`` and ``}`` are left out."""
        top = Node(text="", line=0, indent=-1)
        path = [top]
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if text in _SEPARATORS:
                continue
            wide = line.expandtabs()
            node = Node(text=text, line=number, indent=len(wide) - len(wide.lstrip()))
            while path[-1].indent >= node.indent:
                path.pop()
            path[-1].children.append(node)
            path.append(node)
        return cls(roots=tuple(top.children))

    def matching(self, pattern: str) -> Iterator[Node]:
        """The lines at any depth in whose text `pattern` is found."""
        return (node for node in self.walk() if re.search(pattern, node.text))

    def walk(self) -> Iterator[Node]:
        """Every line, in the configuration's order."""
        for root in self.roots:
            yield root
            yield from root.walk()
