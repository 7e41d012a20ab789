"""How a hook is specified and implemented: the four kinds, declared on the spec. Imports no Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pluggy

from webnet_core.plugins.items import HookKind

PROJECT = "webnet"
REGISTER_PREFIX = "webnet_register_"
_ATTRIBUTE = "webnet_hook"

hookimpl = pluggy.HookimplMarker(PROJECT)
_hookspec = pluggy.HookspecMarker(PROJECT)

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """Items of `type` amend an item already registered under the same key: ``apply(item, extension) -> item``."""

    type: type[Any]
    apply: Callable[[Any, Any], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class HookInfo:
    """What a spec declares about itself. `word` names the registry a register hook fills."""

    name: str
    kind: HookKind
    types: tuple[type[Any], ...] = ()
    key: str = ""
    bare: bool = False
    extension: Extension | None = None

    @property
    def word(self) -> str:
        """Name of the registry: ``tasks`` for ``webnet_register_tasks``."""
        return self.name.removeprefix(REGISTER_PREFIX)


def registers(
    *types: type[Any], key: str, bare: bool = False, extension: Extension | None = None, **spec_options: Any
) -> Callable[[F], F]:
    """Declare a register hook: called once at start, returns items of `types`, unique by their attribute `key`.

    Args:
        types: Accepted item types; a Protocol must be runtime checkable.
        key: Name of the attribute that holds an item's key.
        bare: Keys are shared vocabulary (``cisco_ios``) instead of ``<plugin>.<name>``.
        extension: Items that amend one registered elsewhere.
        spec_options: Passed to pluggy, for instance ``warn_on_impl=RemovedIn…("…")``.
    """
    return _declare(HookKind.REGISTER, spec_options, types=types, key=key, bare=bare, extension=extension)


def decides(function: F | None = None, **spec_options: Any) -> Any:
    """Declare a decide hook: the first answer that is not None holds; an exception fails the operation."""
    return _bare_or_called(HookKind.DECIDE, function, spec_options)


def guards(function: F | None = None, **spec_options: Any) -> Any:
    """Declare a guard hook: everybody is asked, each veto counts, an exception is a veto."""
    return _bare_or_called(HookKind.GUARD, function, spec_options)


def notifies(function: F | None = None, **spec_options: Any) -> Any:
    """Declare a notify hook: everybody is told, one listener's failure does not reach the others."""
    return _bare_or_called(HookKind.NOTIFY, function, spec_options)


def hook_info(function: Any) -> HookInfo | None:
    """What the spec `function` declares, or None where it is no spec of ours."""
    return getattr(function, _ATTRIBUTE, None)


def _bare_or_called(kind: HookKind, function: F | None, options: dict[str, Any]) -> Any:
    decorate = _declare(kind, options)
    return decorate if function is None else decorate(function)


def _declare(kind: HookKind, options: dict[str, Any], **declared: Any) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        if not function.__name__.startswith(f"{PROJECT}_"):
            raise TypeError(f"{function.__name__}: the name of a hook starts with {PROJECT}_")
        setattr(function, _ATTRIBUTE, HookInfo(name=function.__name__, kind=kind, **declared))
        return _hookspec(function, **options)

    return decorate
