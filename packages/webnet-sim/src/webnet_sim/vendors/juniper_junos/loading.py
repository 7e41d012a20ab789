"""Junos ``load``: a text put into the candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos import trees
from webnet_sim.vendors.juniper_junos.schema import Path, Step, read_schema, split_words


@dataclass(slots=True)
class Loading:
    """A configuration on its way in.

    Args:
        action: ``merge``, ``override``, ``replace``, ``set`` or ``update``.
        relative: Whether it is put where one stands.
        lines: What came so far.
    """

    action: str
    relative: bool = False
    lines: list[str] = field(default_factory=list)


def load_into(tree: Line, text: str, action: str, start: Sequence[Step], source: str) -> list[str]:
    """Change a tree by a text.

    Args:
        tree: The candidate; it is changed.
        text: Braces, or set and delete lines for ``set``.
        action: How, as in `Loading`.
        start: Where the text's statements stand.
        source: Where the text came from, for messages.

    Returns:
        One message a statement that was refused; the others are in the tree.
    """
    if action == "set":
        return [
            error
            for number, line in enumerate(text.splitlines(), 1)
            for error in _set(tree, line, start, number, source)
        ]
    if action in {"override", "update"}:
        tree.children.clear()
    errors: list[str] = []
    replaced: set[str] = set()
    try:
        for doomed, path in trees.statements(text):
            marked = " ".join(word for part in doomed for word in part)
            if marked and action == "replace" and marked not in replaced:
                replaced.add(marked)
                errors += _apply(tree, [word for part in doomed for word in part], start, source, remove=True)
            errors += _apply(tree, [word for part in path for word in part], start, source)
    except ValueError as problem:
        errors.append(f"{source}: syntax error: {problem}\n")
    return errors


def _set(tree: Line, line: str, start: Sequence[Step], number: int, source: str) -> list[str]:
    words = split_words(line)
    if not words or words[0].startswith("#"):
        return []
    if words[0] not in {"set", "delete"}:
        return [f"{source}:{number}:(1) syntax error: {words[0]}\n"]
    return _apply(tree, words[1:], start, f"{source}:{number}", remove=words[0] == "delete")


def _apply(tree: Line, words: Sequence[str], start: Sequence[Step], source: str, *, remove: bool = False) -> list[str]:
    here = start[-1].statement if start else read_schema()
    try:
        steps = [*start, *Path(words, here, whole=not remove).steps]
    except Rejected as refusal:
        return [f"{source}: {refusal.text}"]
    except InputError as problem:
        return [f"{source}: syntax error: {problem.word}\n  '{' '.join(words)}'\n    syntax error\n"]
    if remove:
        trees.take(tree, steps)
    else:
        trees.put(tree, steps)
    return []
