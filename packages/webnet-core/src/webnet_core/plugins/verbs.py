"""The verbs of `manage.py webnet`: each installed app may bring some in its module `cli`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from webnet_core.exceptions import PluginLoadError


def _no_arguments(parser: argparse.ArgumentParser) -> None:
    """A verb without arguments of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One verb of `manage.py webnet`.

    `run(options, out)` does the work, prints to `out` and returns the exit code: 0 done, 1 done with findings; anything
    that stops it is raised as a `WebnetError` and becomes exit code 2. Every verb has ``--json``, in `options.json`.
    """

    name: str
    help: str
    run: Callable[[argparse.Namespace, TextIO], int]
    add_arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments


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
