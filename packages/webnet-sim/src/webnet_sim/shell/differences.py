"""Where two trees of indented lines differ, and trees made from a text typed into a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import unified_diff
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.tree import Line

if TYPE_CHECKING:
    from webnet_sim.shell.configuring import Configuring
    from webnet_sim.shell.session import Session


def contextual(old: Line, new: Line, indent: str = " ", depth: int = 0) -> Iterator[str]:
    """The lines that go (``-``) and come (``+``), each under the sections it stands in."""
    pad = indent * depth
    for line in old.ordered():
        after = new.children.get(line.key)
        if after is None or after.text != line.text:
            yield from _marked("-", line, indent, depth)
    for line in new.ordered():
        before = old.children.get(line.key)
        if before is None or before.text != line.text:
            yield from _marked("+", line, indent, depth)
            continue
        inner = list(contextual(before, line, indent, depth + 1))
        if inner:
            yield f"{pad}{line.text}"
            yield from inner


def _marked(sign: str, line: Line, indent: str, depth: int) -> Iterator[str]:
    for each in line.render(indent, depth):
        stripped = each.lstrip()
        yield f"{each[: len(each) - len(stripped)]}{sign}{stripped}"


def incremental(old: Line, new: Line, indent: str = " ", depth: int = 0) -> Iterator[str]:
    """The lines to type to get from one tree to the other, sections named where something under them changes."""
    pad = indent * depth
    for line in old.ordered():
        if line.key not in new.children:
            yield f"{pad}{line.text[3:]}" if line.text.startswith("no ") else f"{pad}no {line.text}"
    for line in new.ordered():
        before = old.children.get(line.key)
        if before is None or before.text != line.text:
            yield from line.render(indent, depth)
            continue
        inner = list(incremental(before, line, indent, depth + 1))
        if inner:
            yield f"{pad}{line.text}"
            yield from inner


def unified(old: list[str], new: list[str], names: tuple[str, str]) -> Iterator[str]:
    """A unified difference of two lists of sections."""
    before, after = ("\n".join(sections).split("\n") for sections in (old, new))
    return unified_diff(before, after, *names, lineterm="")


def type_text(session: Session, mode: Callable[[], Configuring], text: str) -> str:
    """Type a text in configuration mode, line by line up to ``end``; gives what the device prints.

    Args:
        session: Whose name it is done in.
        mode: Makes the mode it is typed in.
        text: What a file holds.
    """
    configuring, printed = mode(), ""
    for line in text.splitlines():
        if line.strip() == "end":
            break
        if configuring.collecting:
            printed += configuring.collect(line)
        elif line.strip() and not line.lstrip().startswith("!"):
            try:
                printed += configuring.execute(line)
            except Rejected as refusal:
                printed += refusal.text
            except InputError as error:
                printed += session.device.vendor.explain(error, line, session)
    return printed
