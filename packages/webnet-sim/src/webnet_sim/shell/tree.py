"""The configuration of a device as a tree of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Place = tuple[Any, ...]
"""Sort key of a line among its siblings."""


class Line:
    """One line of configuration with the lines under it.

    Args:
        text: The line in full spelling; a banner's has line feeds in it.
        key: What it is stored under; single-valued lines share one key, so a new one replaces the old.
        place: Where it stands among its siblings when shown.
        mode: The mode in which the lines under it are typed, empty when it opens none.
    """

    __slots__ = ("children", "key", "mode", "place", "text")

    def __init__(self, text: str, *, key: str = "", place: Place = (), mode: str = "") -> None:
        self.text = text
        self.key = key or text
        self.place = place
        self.mode = mode
        self.children: dict[str, Line] = {}

    def copy(self) -> Line:
        """The same line with copies of all below."""
        twin = Line(self.text, key=self.key, place=self.place, mode=self.mode)
        twin.children = {key: child.copy() for key, child in self.children.items()}
        return twin

    def put(self, line: Line) -> tuple[Line, bool]:
        """Store a line under this one; gives the stored line and whether anything is different now."""
        old = self.children.get(line.key)
        if old is not None and old.text == line.text:
            return old, False
        self.children[line.key] = line
        return line, True

    def remove(self, texts: Iterable[str]) -> bool:
        """Take away every line that has one of the texts as its key, or starts with it; tells whether any went."""
        doomed = [key for key in self.children for text in texts if key == text or key.startswith(text + " ")]
        for key in doomed:
            self.children.pop(key, None)
        return bool(doomed)

    def ordered(self) -> list[Line]:
        """The lines under this one in order of display."""
        return sorted(self.children.values(), key=lambda line: line.place)

    def find(self, start: str) -> Line | None:
        """The first line below that is this text or starts with it."""
        return next(self.starting(start), None)

    def starting(self, start: str) -> Iterator[Line]:
        """The lines below that are this text or start with it."""
        for line in self.children.values():
            if line.text == start or line.text.startswith(start + " "):
                yield line

    def value(self, start: str, default: str = "") -> str:
        """What follows the given words on the first line that starts with them."""
        found = self.find(start)
        return default if found is None else found.text[len(start) :].strip()

    def __contains__(self, key: str) -> bool:
        return key in self.children

    def render(self, indent: str, depth: int = 0) -> Iterator[str]:
        """This line and all below it, indented, in order of display."""
        first, *more = self.text.split("\n")
        yield indent * depth + first
        yield from more
        for child in self.ordered():
            yield from child.render(indent, depth + 1)
