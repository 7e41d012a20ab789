"""Which statements Junos knows, and what each looks like: read from ``schema.txt``.

One statement a line, moved in under the one it stands in. What follows the word says what it takes:

``=`` one value, ``"`` one secret value, ``[]`` several values, ``*`` a name and statements under it, ``*prefix`` the
same with a network address as the name, ``!`` a word that belongs to the one above (``family inet``), ``^`` shown in
one line when it has one statement only. A lone ``*`` is a name without a word before it; ``...`` takes anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Interface

from webnet_sim.exceptions import AmbiguousWord, IncompleteLine, InputError, Rejected, UnknownWord

_PLAIN = re.compile(r"[\w.:/@+,=<>*-]+$")


@dataclass(slots=True)
class Statement:
    """A statement Junos knows.

    Args:
        word: Its first word; empty for a name that stands alone.
        takes: What follows, as in the schema's text.
        rank: Its place among its siblings.
        known: The statements under it.
    """

    word: str
    takes: str = ""
    rank: int = 0
    known: dict[str, Statement] = field(default_factory=dict)

    @property
    def choosing(self) -> bool:
        """Whether the next word belongs to this one, as in ``family inet``."""
        return any(child.takes == "!" for child in self.known.values())


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a statement's path.

    Args:
        statement: What Junos knows of it.
        text: The words as shown, for example ``unit 0``.
        key: What it is stored under; single values share one.
        used: How many typed words it took.
        open: Whether the name or value was left out.
        values: Of a statement with several values: those that were typed.
    """

    statement: Statement
    text: str
    key: str
    used: int
    open: bool = False
    values: tuple[str, ...] = ()


@cache
def read_schema() -> Statement:
    """The statements at the top, with all below."""
    root = Statement("")
    stack: list[tuple[int, Statement]] = [(-1, root)]
    text = files("webnet_sim.vendors.juniper_junos").joinpath("schema.txt").read_text(encoding="utf-8")
    for raw in text.splitlines():
        indent = len(raw) - len(raw.lstrip())
        while stack[-1][0] >= indent:
            stack.pop()
        word, _, takes = raw.strip().partition(" ")
        parent = stack[-1][1]
        parent.known[word] = Statement("" if word in {"*", "..."} else word, takes, len(parent.known))
        stack.append((indent, parent.known[word]))
    return root


def quote(word: str) -> str:
    """A value as Junos shows it: in quotes where it has blanks or marks in it."""
    bare = word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word
    return bare if _PLAIN.match(bare) else f'"{bare}"'


def split_words(line: str) -> list[str]:
    """The words of a statement; what stands in quotes is one word, brackets are words of their own."""
    return re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]]|[^\s\[\]"]+', line)


class Path:
    """A typed statement matched against the schema, word by word.

    Args:
        words: What was typed.
        start: The statement one stands in.
        whole: Whether values must be there; without, a path may stop before them (for ``delete`` and ``show``).

    Raises:
        InputError: A word fits nothing, or one is missing.
    """

    def __init__(self, words: Sequence[str], start: Statement, *, whole: bool = True) -> None:
        self._words = words
        self._whole = whole
        self.steps: list[Step] = list(self._follow(start))

    def _follow(self, here: Statement) -> Iterator[Step]:
        index = 0
        while index < len(self._words):
            if here.takes in {"=", '"', "[]"}:
                raise UnknownWord(self._words[index], index)
            step = self._step(here, index)
            yield step
            index += step.used
            here = step.statement

    def _step(self, here: Statement, index: int) -> Step:
        word = self._words[index]
        found = _fitting(here, word, index)
        if found is None:
            if "*" in here.known:
                return self._named(here.known["*"], index, "")
            if "..." in here.known:
                text = " ".join(quote(each) for each in self._words[index:])
                return Step(Statement("", "=", len(here.known)), text, text, len(self._words) - index)
            raise UnknownWord(word, index)
        if found.choosing:
            return self._chosen(found, index)
        if found.takes == "[]":
            return self._several(found, index)
        if found.takes in {"", "^"}:
            return Step(found, found.word, found.word, 1)
        return self._named(found, index, found.word)

    def _chosen(self, found: Statement, index: int) -> Step:
        if index + 1 == len(self._words):
            raise IncompleteLine(self._words[index], index + 1)
        choice = _fitting(found, self._words[index + 1], index + 1)
        if choice is None:
            raise UnknownWord(self._words[index + 1], index + 1)
        text = f"{found.word} {choice.word}"
        return Step(Statement(text, "", found.rank, choice.known), text, text, 2)

    def _several(self, found: Statement, index: int) -> Step:
        values = tuple(quote(word) for word in self._words[index + 1 :] if word not in {"[", "]"})
        if not values and self._whole:
            raise IncompleteLine(self._words[index], index + 1)
        return Step(found, found.word, found.word, len(self._words) - index, values=values)

    def _named(self, found: Statement, index: int, keyword: str) -> Step:
        place = index + bool(keyword)
        if place >= len(self._words):
            if self._whole:
                raise IncompleteLine(self._words[-1], len(self._words))
            return Step(found, keyword, keyword, 1, open=True)
        value = quote(self._words[place])
        if found.takes == '"' and not value.startswith('"'):
            value = f'"{value}"'
        if found.takes == "*prefix":
            _require_prefix(value)
        text = f"{keyword} {value}".strip()
        return Step(found, text, keyword if found.takes in {"=", '"'} else text, 1 + bool(keyword))


def _fitting(here: Statement, word: str, index: int) -> Statement | None:
    words = [known for known in here.known if known not in {"*", "..."}]
    if word in words:
        return here.known[word]
    if "*" in here.known:
        return None
    fitting = [known for known in words if known.startswith(word)]
    if len(fitting) > 1:
        raise AmbiguousWord(word, index)
    return here.known[fitting[0]] if fitting else None


def _require_prefix(value: str) -> None:
    try:
        IPv4Interface(value)
    except ValueError:
        raise Rejected(f"error: invalid ip address or prefix: {value}\n") from None


def require(problem: InputError, line: str, words: Sequence[str]) -> InputError:
    """The same problem with the column its word has in the line it was typed in."""
    column, index = 0, 0
    for index, word in enumerate(words[: problem.index + 1]):
        column = line.find(word, column + (len(words[index - 1]) if index else 0))
    if isinstance(problem, IncompleteLine):
        column = len(line.rstrip())
    return type(problem)(problem.word, problem.index, max(column, 0))
