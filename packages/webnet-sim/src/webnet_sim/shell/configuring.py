"""Configuration mode: where in the tree we stand and what a typed line does there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.grammar import Rule, Verb
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Match

if TYPE_CHECKING:
    from webnet_sim.shell.dialect import IndentedDialect
    from webnet_sim.shell.session import Session


class Configuring:
    """A session's stay in configuration mode.

    Args:
        session: The session that entered it.
        dialect: The vendor's way to write configurations.
        root: The tree that is changed; without one, the running configuration.
    """

    kind = "config"

    def __init__(self, session: Session, dialect: IndentedDialect, root: Line | None = None) -> None:
        self._session = session
        self._dialect = dialect
        self._live = root is None
        self._path: list[Line] = [session.device.tree if root is None else root]
        self._banner: _Banner | None = None

    @property
    def label(self) -> str:
        """The mode's name in the prompt, for example ``config-if``."""
        return self._dialect.mode_label(self._path[-1])

    @property
    def collecting(self) -> bool:
        """Whether the next lines are the text of a banner, up to its end mark."""
        return self._banner is not None

    def collect(self, line: str) -> str:
        """Take one more line of a banner."""
        assert self._banner is not None  # noqa: S101 - the caller asked
        if self._banner.add(line):
            banner, self._banner = self._banner, None
            self._store(banner.rule, banner.match, banner.text)
        return ""

    def hang_up(self) -> None:
        """What was typed stays; there is nothing to give up."""

    def next_words(self, typed: str) -> Sequence[str]:
        """What could be typed next in this mode.

        Raises:
            InputError: What is typed so far begins no line of it.
        """
        return self._dialect.grammar.vocabulary(self._path[-1].mode).next_words(typed)

    def execute(self, line: str) -> str:
        """Do what a line says here or, as devices do, in the nearest enclosing section that knows it.

        Raises:
            InputError: No section from here to the top knows the line, or the device refuses it.
        """
        self._follow_device()
        furthest: InputError | None = None
        for depth in range(len(self._path), 0, -1):
            try:
                return self._execute_at(depth, line)
            except Rejected:
                raise
            except InputError as error:
                if furthest is None or error.index > furthest.index:
                    furthest = error
        assert furthest is not None  # noqa: S101 - the path is never empty
        raise furthest

    def _follow_device(self) -> None:
        """The running configuration may have been replaced since the last line: one stands at its top then."""
        if self._live and self._path[0] is not self._session.device.tree:
            self._path = [self._session.device.tree]

    def _execute_at(self, depth: int, line: str) -> str:
        grammar = self._dialect.grammar
        found = grammar.vocabulary(self._path[depth - 1].mode).match(line)
        if isinstance(found.target, Verb):
            rest = found.arguments[0] if found.arguments else ""
            return self._perform(found.target, depth, " " * (len(line.rstrip()) - len(rest)) + rest)
        match = Match(found.target, found.words, found.arguments, found.literals)
        if found.target.check:
            with self._session.device.seen_as(self._path[0]):
                found.target.check(self._session.device, self._path[depth - 1], match)
        del self._path[depth:]
        return self._set(found.target, match)

    def _perform(self, verb: Verb, depth: int, rest: str) -> str:
        match verb:
            case Verb.DO:
                return self._session.run_command(rest)
            case Verb.SHOW:
                return self._session.run_command("show " + rest.strip())
            case Verb.NO | Verb.DEFAULT:
                self._unset(depth, rest, shown=verb is Verb.NO)
            case Verb.EXIT if len(self._path) > 1:
                self._path.pop()
            case Verb.EXIT | Verb.END | Verb.ABORT:
                self._session.leave_configuration()
        return ""

    def _set(self, rule: Rule, match: Match[Rule]) -> str:
        text = rule.rewrite(self._session.device, match) if rule.rewrite else match.text
        if rule.pattern.startswith("banner"):
            self._banner = _Banner(rule, match, self._dialect.banner_end)
            if self._banner.add_first(match.arguments[-1] if match.arguments else ""):
                self._store(rule, match, self._banner.text)
                self._banner = None
            return ""
        self._store(rule, match, text)
        return ""

    def _store(self, rule: Rule, match: Match[Rule], text: str) -> None:
        device, here = self._session.device, self._path[-1]
        if rule.implied:
            changed = here.remove([rule.key_of(match)])
            stored = here
        else:
            new = self._dialect.grammar.line(rule, match, text)
            for negative in rule.initial:
                new.put(self._dialect.grammar.negative(*self._dialect.grammar.negated(rule.opens, negative)))
            stored, changed = here.put(new)
        if changed and self._live:
            device.note_change(self._session.user, changed=True)
        if rule.opens:
            self._path.append(stored)

    def _unset(self, depth: int, line: str, *, shown: bool) -> None:
        device, here = self._session.device, self._path[depth - 1]
        rule, key = self._dialect.grammar.negated(here.mode, line)
        if shown:
            self._dialect.check_removal(device, rule, key)
        changed = here.remove([key])
        if shown and (rule.negates or rule.implied):
            changed = here.put(self._dialect.grammar.negative(rule, key))[1] or changed
        del self._path[depth:]
        if changed and self._live:
            device.note_change(self._session.user, changed=True)


class _Banner:
    """The text of a banner while its lines come in."""

    def __init__(self, rule: Rule, match: Match[Rule], end: str) -> None:
        self.rule, self.match = rule, match
        self._end = end
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        """The whole banner as the device shows it."""
        head = " ".join(self.match.words[: self.match.literals])
        if self._end == "EOF":
            return "\n".join([head, *self._lines, "EOF"])
        return f"{head} ^C" + "\n".join(self._lines) + "^C"

    def add_first(self, typed: str) -> bool:
        """Take what follows the command itself; tells whether the banner is complete."""
        if self._end == "EOF":
            return False
        mark = "^C" if typed.startswith("^C") else typed[:1]
        self._end = mark
        return self.add(typed[len(mark) :])

    def add(self, line: str) -> bool:
        """Take one line; tells whether the banner is complete."""
        if self._end == "EOF":
            if line.strip() == "EOF":
                return True
            self._lines.append(line)
            return False
        body, mark, _ = line.partition(self._end)
        self._lines.append(body)
        return bool(mark)
