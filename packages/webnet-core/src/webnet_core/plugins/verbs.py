"""The verbs of `manage.py webnet`: each installed app may bring some in its module `cli`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TextIO

from webnet_core.exceptions import Conflict, InvalidInput, NotFound, PermissionDenied, PluginLoadError, WebnetError

NOT_THERE: Final = frozenset({"no_match", "unknown_device", "unknown_group", "all_disabled"})


class Exit(IntEnum):
    """How every verb ends."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_THERE = 3
    UNREACHABLE = 4
    UNFINISHED = 5


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """A verb without arguments of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One verb of `manage.py webnet`.

    `run(options, out)` does the work, prints to `out` and returns an `Exit`; what stops it is raised as a `WebnetError`
    and becomes one, see `exit_of`. Every verb has ``--json``, in `options.json`. `checks`: whether Django's system
    checks must be free of errors first.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace, TextIO], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments
    checks: bool = True


def add_json(*parsers: argparse.ArgumentParser) -> None:
    """Let ``--json`` stand behind the word of a verb that has several."""
    for parser in parsers:
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="Print JSON for programs.")


def count(text: str) -> int:
    """Read a whole number of at least 1, as the `type` of an argument of a verb."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def seconds(text: str) -> float:
    """Read a time in seconds, more than 0, as the `type` of an argument of a verb."""
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds above 0")
    return number


def exit_of(error: WebnetError) -> Exit:
    """Return how a verb ends that was stopped by `error`."""
    if isinstance(error, (NotFound, PermissionDenied)):
        return Exit.NOT_THERE
    if isinstance(error, InvalidInput) and {problem.code for problem in error.errors} & NOT_THERE:
        return Exit.NOT_THERE
    return Exit.FAILED if isinstance(error, Conflict) else Exit.USAGE


def collect_verbs(found: Iterable[tuple[str, Sequence[Verb]]]) -> dict[str, Verb]:
    """Verbs by name from pairs of (module, its verbs).

    Raises:
        PluginLoadError: Two modules bring a verb of one name.
    """
    owners: dict[str, str] = {}
    verbs: dict[str, Verb] = {}
    for module, verb in _flat(found):
        if verb.name in verbs:
            raise PluginLoadError(f"{owners[verb.name]} and {module} both bring the verb {verb.name!r}; rename one.")
        owners[verb.name] = module
        verbs[verb.name] = verb
    return dict(sorted(verbs.items()))


def _flat(found: Iterable[tuple[str, Sequence[Verb]]]) -> Iterator[tuple[str, Verb]]:
    for module, verbs in found:
        for verb in verbs:
            yield module, verb
