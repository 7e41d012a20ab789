"""Junos configurations as trees: built from set lines and braces, shown as either, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from webnet_sim.exceptions import InputError
from webnet_sim.shell.tree import Line
from webnet_sim.vendors.juniper_junos.schema import Path, Statement, Step, quote, read_schema, split_words

SEVERAL = "several"
INLINE = "inline"
SECRET = "secret"  # noqa: S105 - the kind of a line, no password
_SWITCHES = frozenset({"ssh", "netconf", "family inet", "family inet6", "family mpls", "family ethernet-switching"})
"""Containers that say something even when they are empty."""

_SORTED = re.compile(r"(?:[a-z]+-|[a-z]+\d|unit )[\d/:]*\d*$")


# -- changing


def put(here: Line, steps: Sequence[Step]) -> None:
    """Add a statement with everything it stands in."""
    for step in steps:
        new = Line(step.text, key=step.key, place=_place(here, step), mode=_kind(step.statement))
        old = here.children.get(step.key)
        if old is None or (old.text != step.text and not old.children):
            here.children[step.key] = new
        here = here.children[step.key]
        for value in step.values:
            here.children.setdefault(value, Line(value, place=(len(here.children), (), 0)))


def take(here: Line, steps: Sequence[Step]) -> bool:
    """Remove a statement and what is under it; tells whether it was there."""
    way = [here]
    for step in steps[:-1]:
        child = way[-1].children.get(step.key)
        if child is None:
            return False
        way.append(child)
    owner, last = way[-1], steps[-1]
    if last.values and last.key in owner.children:
        return _take_values(owner, last)
    doomed = [key for key in owner.children if key == last.key or (last.open and key.startswith(f"{last.key} "))]
    for key in doomed:
        del owner.children[key]
    _prune(way, steps)
    return bool(doomed)


def _take_values(owner: Line, step: Step) -> bool:
    line = owner.children[step.key]
    gone = [line.children.pop(value, None) for value in step.values]
    if not line.children:
        del owner.children[step.key]
    return any(gone)


def _prune(way: Sequence[Line], steps: Sequence[Step]) -> None:
    """Containers that hold nothing more go as well; names and switches stay."""
    for index in range(len(way) - 1, 0, -1):
        statement = steps[index - 1].statement
        if way[index].children or statement.takes not in {"", "^"} or statement.word in _SWITCHES:
            return
        way[index - 1].children.pop(way[index].key, None)


def walk(here: Line, steps: Sequence[Step]) -> Line | None:
    """The line a path leads to."""
    line: Line | None = here
    for step in steps:
        line = line.children.get(step.key) if line else None
    return line


def _kind(statement: Statement) -> str:
    return {"[]": SEVERAL, "^": INLINE, '"': SECRET}.get(statement.takes, "")


def _place(here: Line, step: Step) -> tuple[object, ...]:
    numbers = tuple(int(number) for number in re.findall(r"\d+", step.text)) if _SORTED.match(step.text) else ()
    letters = step.text.split("-")[0] if numbers else ""
    old = here.children.get(step.key)
    return (step.statement.rank, (letters, *numbers), old.place[2] if old else len(here.children))


# -- reading


def load(text: str) -> Line:
    """The tree of a configuration in braces or set lines; statements the schema does not know are kept as they are."""
    root = Line("")
    lines = text.splitlines()
    for _, path in statements("\n".join(line for line in lines if not line.startswith("set "))):
        _put_known(root, path)
    for line in lines:
        if line.startswith("set "):
            _put_known(root, [[word] for word in split_words(line)[1:]])
    return root


def _put_known(root: Line, path: Sequence[Sequence[str]]) -> None:
    words = [word for part in path for word in part]
    try:
        put(root, Path(words, read_schema()).steps)
    except InputError:
        here = root
        for part in path:
            text = " ".join(quote(word) for word in part)
            here = here.children.setdefault(text, Line(text, place=(99, (), len(here.children))))


def statements(text: str) -> Iterator[tuple[list[list[str]], list[list[str]]]]:
    """Each statement of a text in braces that holds no other, with what it is to replace.

    Gives pairs of paths, each a list of levels and those lists of words: the one marked ``replace:``, empty without
    such a mark, and the statement's own.

    Raises:
        ValueError: Braces do not balance or a statement has no end.
    """
    reader = _Braces()
    for piece in _TOKEN.findall(text):
        if not piece.startswith(("#", "/*")):
            yield from reader.take(piece)
    reader.finish()


_TOKEN = re.compile(r'/\*.*?\*/|#[^\n]*|"(?:[^"\\]|\\.)*"|[{};\[\]]|[^\s{};\[\]"#]+', re.DOTALL)


class _Braces:
    """Where in the text of a configuration one is."""

    def __init__(self) -> None:
        self._path: list[list[str]] = []
        self._marked: list[bool] = []
        self._empty = True
        self._words: list[str] = []

    def take(self, piece: str) -> Iterator[tuple[list[list[str]], list[list[str]]]]:
        if piece == "{":
            self._enter()
            self._empty = True
        elif piece == ";":
            self._enter()
            yield self._here()
            self._leave()
        elif piece == "}":
            if self._words or not self._path:
                msg = "braces do not balance"
                raise ValueError(msg)
            if self._empty:
                yield self._here()
            self._leave()
        else:
            self._words.append(piece)

    def finish(self) -> None:
        if self._path or self._words:
            msg = "the text stops inside a statement"
            raise ValueError(msg)

    def _enter(self) -> None:
        self._marked.append("replace:" in self._words[:2])
        self._path.append([word for word in self._words if word not in {"replace:", "inactive:"}])
        self._words = []

    def _leave(self) -> None:
        self._path.pop()
        self._marked.pop()
        self._empty = False

    def _here(self) -> tuple[list[list[str]], list[list[str]]]:
        depth = self._marked.index(True) + 1 if True in self._marked else 0
        return self._path[:depth], list(self._path)


# -- showing


def render(line: Line, depth: int = 0) -> Iterator[str]:
    """A line and all below it in braces."""
    pad = "    " * depth
    below = line.ordered()
    if line.mode == SEVERAL:
        values = " ".join(child.text for child in below)
        yield f"{pad}{line.text} [ {values} ];" if len(below) > 1 else f"{pad}{line.text} {values};"
    elif not below:
        yield f"{pad}{line.text};{' ## SECRET-DATA' if line.mode == SECRET else ''}"
    elif line.mode == INLINE and len(below) == 1 and (not below[0].children or below[0].mode == SEVERAL):
        yield f"{pad}{line.text} {next(render(below[0]))}"
    else:
        yield f"{pad}{line.text} {{{' ## SECRET-DATA' if line.mode == SECRET else ''}"
        for child in below:
            yield from render(child, depth + 1)
        yield f"{pad}}}"


def render_below(line: Line) -> Iterator[str]:
    """All below a line in braces, without itself."""
    for child in line.ordered():
        yield from render(child)


def as_sets(line: Line, path: str = "") -> Iterator[str]:
    """All below a line as set lines."""
    for child in line.ordered():
        here = f"{path} {child.text}".strip()
        if child.children:
            yield from as_sets(child, here)
        else:
            yield f"set {here}"


# -- comparing


def compare(old: Line, new: Line, path: str = "") -> Iterator[str]:
    """What ``show | compare`` prints: for each level with changes its heading and the lines that go and come."""
    changed: list[str] = []
    deeper: list[tuple[Line, Line]] = []
    keys = [line.key for line in new.ordered()]
    keys += [line.key for line in old.ordered() if line.key not in new.children]
    for key in keys:
        before, after = old.children.get(key), new.children.get(key)
        if before and after and before.children and after.children and before.mode not in {SEVERAL, INLINE}:
            deeper.append((before, after))
        elif _shown(before) != _shown(after):
            changed += _marked("-", before) + _marked("+", after)
    if changed:
        yield f"[edit{path}]"
        yield from changed
    for before, after in deeper:
        yield from compare(before, after, f"{path} {after.text}")


def _shown(line: Line | None) -> list[str]:
    return list(render(line)) if line else []


def _marked(sign: str, line: Line | None) -> list[str]:
    shown = _shown(line)
    blanks = "  " if len(shown) == 1 else "   "
    return [f"{sign}{blanks}{text}" for text in shown]
