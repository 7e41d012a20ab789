"""Junos configuration mode: statements are set in a candidate, and a commit makes it active."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from webnet_sim.exceptions import InputError, Rejected
from webnet_sim.shell.arguments import COMMON_KINDS
from webnet_sim.shell.session import Question
from webnet_sim.shell.tree import Line
from webnet_sim.shell.words import Vocabulary
from webnet_sim.vendors.juniper_junos import trees
from webnet_sim.vendors.juniper_junos.commits import Commits
from webnet_sim.vendors.juniper_junos.loading import Loading, load_into
from webnet_sim.vendors.juniper_junos.pipes import filter_shown
from webnet_sim.vendors.juniper_junos.schema import Path, Statement, Step, read_schema, require, split_words

if TYPE_CHECKING:
    from webnet_sim.shell.session import Session

SHARED, PRIVATE, EXCLUSIVE = "shared", "private", "exclusive"


class JunosConfiguring:
    """A session's stay in configuration mode.

    Args:
        session: The session that entered it.
        way: Whose candidate: the shared one, the shared one locked for us, or a private copy.
    """

    kind = "config"

    def __init__(self, session: Session, way: str = SHARED) -> None:
        self._session = session
        self._way = way
        self._commits = session.device.part(Commits)
        self._path: list[Step] = []
        self._loading: Loading | None = None
        self._own: Line | None = self._commits.active.copy() if way == PRIVATE else None
        if way == EXCLUSIVE:
            self._commits.locked_by, self._commits.locker = self, session.user

    # -- what a session asks of its mode

    @property
    def label(self) -> str:
        """The line above the prompt."""
        pending = self._commits.pending
        note = "" if pending is None else f"# commit confirmed will be rolled back in {pending} minutes\n"
        return f"{note}[edit{self._where}]"

    @property
    def collecting(self) -> bool:
        """Whether the next lines are a configuration to be loaded, up to Control-D."""
        return self._loading is not None

    def collect(self, line: str) -> str:
        """Take one more line of a configuration."""
        assert self._loading is not None  # noqa: S101 - the caller asked
        text, end, _ = line.partition("\x04")
        self._loading.lines.append(text)
        if not end:
            return ""
        loading, self._loading = self._loading, None
        return self._load(loading, "\n".join(loading.lines), "terminal")

    def next_words(self, typed: str) -> Sequence[str]:
        """What could be typed next: commands, not statements."""
        return _COMMANDS.next_words(typed)

    def hang_up(self) -> None:
        """A private copy is given up, a locked candidate is put back and unlocked."""
        if self._way == EXCLUSIVE:
            self._commits.candidate = self._commits.active.copy()
            self._commits.locked_by = None

    def execute(self, line: str) -> str:
        """Do what a line says.

        Raises:
            InputError: It is no command, or its statement is none Junos knows.
        """
        word = line.split(maxsplit=1)[0]
        holds_text = len(word) > 1 and ("set".startswith(word) or "delete".startswith(word))
        command, bar, pipeline = (line, "", "") if holds_text else line.partition("|")
        found = _COMMANDS.match(command)
        if found.words[0] == "run":
            return self._session.run_command(line.split(maxsplit=1)[1])
        rest = found.arguments[0] if found.arguments else ""
        try:
            if found.words[0] == "show":
                return self._show(rest, pipeline.strip())
            text = found.target(self, rest)
        except Rejected:
            raise
        except InputError as problem:
            inner = require(problem, rest, split_words(rest))
            raise type(problem)(inner.word, inner.index + 1, inner.column + line.find(rest)) from None
        return filter_shown(text, pipeline.strip()) if bar else text

    # -- statements

    @property
    def _candidate(self) -> Line:
        return self._commits.candidate if self._own is None else self._own

    @property
    def _where(self) -> str:
        return "".join(f" {step.text}" for step in self._path)

    @property
    def _here(self) -> Statement:
        return self._path[-1].statement if self._path else read_schema()

    def _steps(self, rest: str, *, whole: bool = True) -> list[Step]:
        return [*self._path, *Path(split_words(rest), self._here, whole=whole).steps]

    def _require_unlocked(self) -> None:
        if self._own is None and self._commits.locked_by not in {None, self}:
            raise Rejected(
                "error: configuration database locked by:\n"
                f"  {self._commits.locker} terminal p0 (pid 4711) on since 2026-01-01 00:00:00 UTC\n"
                "      exclusive [edit]\n"
            )

    def _touch(self) -> None:
        self._commits.changed = self._session.device.clock()

    def set(self, rest: str) -> str:
        """Add a statement."""
        self._require_unlocked()
        trees.put(self._candidate, self._steps(rest))
        self._touch()
        return ""

    def delete(self, rest: str) -> str:
        """Remove a statement."""
        self._require_unlocked()
        steps = self._steps(rest, whole=False)
        if not steps:
            self._candidate.children.clear()
        elif not trees.take(self._candidate, steps):
            return "warning: statement not found\n"
        self._touch()
        return ""

    # -- moving

    def edit(self, rest: str) -> str:
        """Stand in a statement; one that is not there yet comes with what is set in it."""
        self._path = self._steps(rest)
        return ""

    def top(self, rest: str) -> str:
        """Stand at the top, or do something from there."""
        before, self._path = self._path, []
        if not rest:
            return ""
        try:
            text = self.execute(rest)
        except InputError:
            self._path = before
            raise
        if not rest.lstrip().startswith("e"):
            self._path = before
        return text

    def up(self, rest: str) -> str:
        """Stand one statement higher, or so many."""
        count = int(rest) if rest.isdecimal() else 1
        del self._path[max(len(self._path) - count, 0) :]
        return ""

    def leave(self, rest: str) -> str:
        """One statement up; from the top, or when told so, out of configuration mode."""
        if self._path and not rest:
            self._path.pop()
            return ""
        if not self._commits.dirty(self._candidate):
            return self._out()
        words, whose = (
            ("Exit with", "") if self._way == SHARED else ("Discard", f"{self._way} ".replace("exclusive ", ""))
        )
        self._session.question = Question(f"{words} uncommitted changes? [yes,no] (yes) ", self._answer)
        return f"The {whose}configuration has been changed but not committed\n"

    def _answer(self, typed: str) -> str:
        return self._out() if "yes".startswith(typed.lower()) else ""

    def _out(self) -> str:
        self.hang_up()
        self._session.configuring = None
        return "Exiting configuration mode\n"

    # -- showing

    def show(self, rest: str) -> str:
        """The candidate, or a statement of it."""
        return self._show(rest, "")

    def _show(self, rest: str, pipeline: str) -> str:
        steps = self._steps(rest, whole=False)
        line = trees.walk(self._candidate, steps) if steps else self._candidate
        stage, _, more = (part.strip() for part in pipeline.partition(" | "))
        words = stage.split()
        if words[:1] and "compare".startswith(words[0]) and len(words[0]) > 1:
            text = self._compare(words[1:])
        elif words[1:] == ["set"] and "display".startswith(words[0]):
            text = "".join(f"{each}\n" for each in trees.as_sets(line or Line(""), _path_text(steps)))
        else:
            text, more = self._shown(line, top=not steps), pipeline
        return filter_shown(text, more) if more else text

    def _shown(self, line: Line | None, *, top: bool) -> str:
        if line is None:
            return ""
        shown = list(trees.render_below(line) if line.children else trees.render(line))
        if top:
            shown = list(trees.render_below(line))
            if self._commits.changed and self._commits.dirty(self._candidate):
                shown.insert(0, f"## Last changed: {self._commits.changed:%Y-%m-%d %H:%M:%S} UTC")
        return "".join(f"{each}\n" for each in shown)

    def _compare(self, words: Sequence[str]) -> str:
        old = self._commits.active
        if words[:1] == ["rollback"] and len(words) > 1 and words[1].isdecimal():
            old = self._commits.past(int(words[1])).tree
        return "".join(f"{line}\n" for line in trees.compare(old, self._candidate))

    def status(self, _rest: str) -> str:
        """Who is configuring."""
        return (
            "Users currently editing the configuration:\n"
            f"  {self._session.user} terminal p0 (pid 4711) on since 2026-01-01 00:00:00 UTC\n      [edit]\n"
        )

    # -- commits

    def commit(self, rest: str) -> str:
        """Check the candidate, make it active, perhaps until it is confirmed."""
        order = _Order(rest)
        self._require_unlocked()
        if order.check:
            self._commits.check(self._candidate)
            return "configuration check succeeds\n"
        device = self._session.device
        if order.minutes and self._own is not None:
            raise Rejected("error: private edits cannot be commit confirmed\n")
        self._commits.commit(self._candidate, self._session.user, minutes=order.minutes, comment=order.comment)
        device.keep_startup()
        head = ""
        if self._own is not None:
            self._commits.candidate = self._commits.active.copy()
        if order.minutes:
            head = f"commit confirmed will be automatically rolled back in {order.minutes} minutes unless confirmed\n"
        return f"{head}commit complete\n" + (self._out() if order.leave else "")

    def rollback(self, rest: str) -> str:
        """Put an older configuration into the candidate."""
        self._require_unlocked()
        number = int(rest) if rest.strip().isdecimal() else 0
        if rest.strip() and not rest.strip().isdecimal():
            raise InputError(rest, 0, 0)
        self._replace(self._commits.past(number).tree.copy())
        return "load complete\n"

    def _replace(self, tree: Line) -> None:
        if self._own is None:
            self._commits.candidate = tree
        else:
            self._own = tree
        self._touch()

    # -- loading

    def load(self, rest: str) -> str:
        """Put a text into the candidate: typed at the terminal, or from a file."""
        self._require_unlocked()
        words = rest.split()
        if not words or words[0] not in {"merge", "override", "replace", "set", "update"}:
            raise InputError(words[0] if words else "", 0, 0)
        loading = Loading(words[0], relative="relative" in words)
        if words[1:2] == ["terminal"]:
            self._loading = loading
            return "[Type ^D at a new line to end input]\n"
        name = words[1] if len(words) > 1 else ""
        return self._load(loading, self._read(name), name)

    def _read(self, name: str) -> str:
        content = self._session.device.files.get(name)
        if content is None:
            raise Rejected(f"error: could not open configuration file: {name}\n")
        return content.decode("utf-8", "replace")

    def _load(self, loading: Loading, text: str, source: str) -> str:
        tree = self._candidate.copy()
        start = self._path if loading.relative else []
        errors = load_into(tree, text, loading.action, start, source)
        self._replace(tree)
        count = f" ({len(errors)} errors)" if errors else ""
        return "".join(errors) + f"load complete{count}\n"


class _Order:
    """What a commit was told to do."""

    def __init__(self, rest: str) -> None:
        words = split_words(rest)
        self.check = self.leave = False
        self.minutes = 0
        self.comment = ""
        while words:
            word = words.pop(0)
            if word == "check":
                self.check = True
            elif word == "and-quit":
                self.leave = True
            elif word == "confirmed":
                self.minutes = int(words.pop(0)) if words and words[0].isdecimal() else 10
            elif word == "comment" and words:
                self.comment = words.pop(0).strip('"')
            else:
                raise InputError(word, 0, 0)


def _path_text(steps: Sequence[Step]) -> str:
    return " ".join(step.text for step in steps)


_Handler = Callable[[JunosConfiguring, str], str]
_COMMANDS: Vocabulary[_Handler] = Vocabulary(COMMON_KINDS)
for _pattern, _handler in {
    "set <rest>": JunosConfiguring.set,
    "delete [<rest>]": JunosConfiguring.delete,
    "edit <rest>": JunosConfiguring.edit,
    "top [<rest>]": JunosConfiguring.top,
    "up [<number>]": JunosConfiguring.up,
    "exit [configuration-mode]": JunosConfiguring.leave,
    "quit [configuration-mode]": JunosConfiguring.leave,
    "show [<rest>]": JunosConfiguring.show,
    "run <rest>": JunosConfiguring.show,
    "status": JunosConfiguring.status,
    "commit [<rest>]": JunosConfiguring.commit,
    "rollback [<rest>]": JunosConfiguring.rollback,
    "load <rest>": JunosConfiguring.load,
}.items():
    _COMMANDS.add(_pattern, _handler)
