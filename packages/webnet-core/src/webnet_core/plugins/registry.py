"""Typed registries with unique keys: filled once from the register hooks, then frozen. Imports no Django."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from webnet_core.exceptions import DuplicateRegistration, PluginsNotLoaded, RegistryFrozen, UnknownKey

T = TypeVar("T")
D = TypeVar("D")
I = TypeVar("I")  # noqa: E741 - an item's type

_UNSET: Any = object()
# How many keys are named where none is like the one that was asked for.
_NAMED = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry(Generic[T]):
    """One registered item and the plugin that brought it."""

    key: str
    item: T
    plugin: str


class Registry(Mapping[str, T]):
    """Items of one kind by key, in load order. A missing key raises `UnknownKey` with the closest matches."""

    def __init__(self, word: str) -> None:
        self.word = word
        self._entries: dict[str, Entry[T]] = {}
        self._frozen = False

    def __getitem__(self, key: str) -> T:
        return self.entry(key).item

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry {self.word}: {len(self)}>"

    @overload
    def get(self, key: str, /) -> T: ...
    @overload
    def get(self, key: str, /, default: T | D) -> T | D: ...
    def get(self, key: str, /, default: Any = _UNSET) -> Any:
        """Return the item of `key`; with no `default`, raise `UnknownKey` where there is none."""
        if default is _UNSET:
            return self[key]
        return self[key] if key in self._entries else default

    def entry(self, key: str) -> Entry[T]:
        """Return the item of `key` with the plugin that registered it."""
        try:
            return self._entries[key]
        except KeyError:
            raise unknown_key(self.word, key, self._entries) from None

    def owner(self, key: str) -> str:
        """Name of the plugin that registered `key`."""
        return self.entry(key).plugin

    def entries(self) -> tuple[Entry[T], ...]:
        """Everything registered, in load order."""
        return tuple(self._entries.values())

    def of(self, kind: type[I]) -> tuple[I, ...]:
        """Items that are instances of `kind`, by (weight, key); an item without a weight counts as 500."""
        found = [entry for entry in self._entries.values() if isinstance(entry.item, kind)]
        found.sort(key=lambda entry: (getattr(entry.item, "weight", 500), entry.key))
        return tuple(entry.item for entry in found)  # type: ignore[misc]  # narrowed two lines above

    def add(self, key: str, item: T, plugin: str, *, replace: bool = False) -> None:
        """Register `item`. Only the loader calls this; afterwards the registry is frozen.

        Raises:
            DuplicateRegistration: The key is taken and `replace` is false.
            RegistryFrozen: Loading is over.
        """
        if self._frozen:
            raise RegistryFrozen(f"{plugin} adds {key!r} to {self.word} after loading; return it from a register hook.")
        taken = self._entries.get(key)
        if taken is not None and not replace:
            raise DuplicateRegistration(
                f"{taken.plugin} and {plugin} both register {key!r} in {self.word}; rename one, or let one win by "
                f'WEBNET["CORE"]["REPLACE"] = {{"{self.word}": {{"{key}": "{plugin}"}}}}.',
                plugin=plugin,
                other=taken.plugin,
                key=key,
            )
        self._entries[key] = Entry(key=key, item=item, plugin=plugin)

    def freeze(self) -> None:
        """Refuse every later addition."""
        self._frozen = True


def unknown_key(word: str, key: object, known: Iterable[str]) -> UnknownKey:
    """Build the error for a key that is not among the `known` ones, with what was probably meant."""
    known = list(known)
    matches = difflib.get_close_matches(str(key), known, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(matches)}?" if matches else ""
    if not matches and known:
        more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
        hint = f" There are: {', '.join(known[:_NAMED])}{more}."
    return UnknownKey(f"No {key!r} in {word}.{hint}", key=str(key), word=word, matches=tuple(matches))


_current: Mapping[str, Registry[Any]] | None = None


def registry(word: str) -> Registry[Any]:
    """Return the registry of one register hook: ``registry("tasks")`` for ``webnet_register_tasks``.

    Raises:
        PluginsNotLoaded: Called before Django has started.
        UnknownKey: No installed package specifies such a hook.
    """
    if _current is None:
        raise PluginsNotLoaded
    if word not in _current:
        raise unknown_key("registries", word, _current)
    return _current[word]


def install(registries: Mapping[str, Registry[Any]] | None) -> None:
    """Make `registries` the ones that `registry` answers from; called by the loader and by the test kit."""
    global _current  # noqa: PLW0603 - one process, one set of plugins
    _current = registries
