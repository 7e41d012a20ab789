"""Ask plugins: decide, guard, notify. The kind of a hook fixes whom to ask and what a failure means."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from webnet_core.exceptions import ClaimLost, NoDecision, PluginHookError, WebnetError
from webnet_core.plugins.discovery import Source
from webnet_core.plugins.items import HookKind, Veto
from webnet_core.plugins.machine import Machine
from webnet_core.plugins.manager import plugin_manager
from webnet_core.plugins.report import failures
from webnet_core.redact import current

logger = logging.getLogger("webnet.plugins")

T = TypeVar("T")
GUARD_FAILED = "guard_failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision(Generic[T]):
    """An answer and the name of the plugin that gave it."""

    value: T
    plugin: str


def decide(hook: str, **arguments: Any) -> Decision[Any]:
    """Ask plugins in order until one answers.

    Args:
        hook: Name of a decide hook.
        arguments: What its spec takes; all by keyword.

    Raises:
        NoDecision: Nobody answered; the error lists who was asked.
        PluginHookError: A plugin raised. The next one is not asked: an error is not a "no".
    """
    decision = decide_or_none(hook, **arguments)
    if decision is None:
        asked = tuple(source.name for source, _ in plugin_manager().callers(hook))
        whom = ", ".join(asked) or "nobody implements it; is the package that answers it in INSTALLED_APPS?"
        raise NoDecision(f"{hook}: no plugin answered. Asked: {whom}", hook=hook, asked=asked)
    return decision


def decide_or_none(hook: str, **arguments: Any) -> Decision[Any] | None:
    """Like `decide`, with None where nobody answers."""
    machine = _machine(hook, HookKind.DECIDE)
    for source, caller in machine.callers(hook):
        try:
            answer = machine.ask(hook, source, caller, arguments)
        except ClaimLost:  # no failure of the plugin's: the work was taken away from this process
            raise
        except Exception as error:
            failures.add(source.name, hook)
            raise PluginHookError(
                f"{source} failed in {hook}: {_cause(error)}", plugin=source.name, hook=hook
            ) from error
        if answer is not None:
            logger.debug("%s decided by %s", hook, source.name)
            return Decision(value=answer, plugin=source.name)
    return None


def guard(hook: str, **arguments: Any) -> list[Veto]:
    """Ask every plugin for its objections, also after the first one.

    Returns:
        All vetoes, in the order of the plugins. A plugin that raises, or answers with something else than vetoes,
        counts as a veto of the whole: a guard that cannot look does not let pass.
    """
    machine = _machine(hook, HookKind.GUARD)
    vetoes: list[Veto] = []
    for source, caller in machine.callers(hook):
        try:
            vetoes += _vetoes(machine.ask(hook, source, caller, arguments))
        except Exception as error:  # noqa: BLE001 - the plugin boundary: fail closed whatever happened
            _log_failure(source, hook, error)
            vetoes.append(Veto(code=GUARD_FAILED, message=f"guard {source.name} failed: {_cause(error)}"))
    return vetoes


def notify(hook: str, **arguments: Any) -> None:
    """Tell every plugin. One that raises is logged and counted, and the others are told all the same.

    Call it after commit, never inside a transaction: a listener's query must not decide about somebody else's rows.
    """
    machine = _machine(hook, HookKind.NOTIFY)
    for source, caller in machine.callers(hook):
        try:
            machine.ask(hook, source, caller, arguments)
        except Exception as error:  # noqa: BLE001 - the plugin boundary: each listener fails alone
            _log_failure(source, hook, error)


def _machine(hook: str, kind: HookKind) -> Machine:
    machine = plugin_manager()
    machine.callers(hook)
    actual = machine.hooks[hook].kind
    if actual is not kind:
        raise TypeError(f"{hook} is a {actual.value} hook, not a {kind.value} hook.")
    return machine


def _vetoes(answer: Any) -> list[Veto]:
    if answer is None:
        return []
    vetoes = list(answer) if isinstance(answer, Iterable) and not isinstance(answer, str) else [answer]
    for veto in vetoes:
        if not isinstance(veto, Veto):
            raise TypeError(f"a guard returns Veto objects, not {type(veto).__name__}")
    return vetoes


def _log_failure(source: Source, hook: str, error: Exception) -> None:
    failures.add(source.name, hook)
    logger.error("Plugin %s failed in %s", source, hook, exc_info=error)


def _cause(error: Exception) -> str:
    text = error.message if isinstance(error, WebnetError) else f"{type(error).__name__}: {error}"
    return current().clean(text)
