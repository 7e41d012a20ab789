"""From register hooks to registries: validate each item, settle replacements, apply extensions. Imports no Django."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from webnet_core.exceptions import ConfigurationError, InvalidRegistration, SettingProblem
from webnet_core.plugins.discovery import Source
from webnet_core.plugins.items import Settings
from webnet_core.plugins.markers import HookInfo
from webnet_core.plugins.registry import Registry, unknown_key

_BARE_KEY = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)*\Z")
_FULL_KEY = re.compile(r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+\Z")
_SECTION = re.compile(r"[A-Z][A-Z0-9_]*\Z")
Replacements = Mapping[str, Mapping[str, str]]


def collect(
    info: HookInfo, answers: Iterable[tuple[Source, Iterable[Any]]], replacements: Replacements
) -> Registry[Any]:
    """Fill the registry of one register hook.

    Args:
        info: What the spec declares.
        answers: Each plugin's items, in load order.
        replacements: ``{"rules": {"cis.telnet": "acme"}}``: which plugin wins a contested key.

    Raises:
        InvalidRegistration: An item has the wrong type or a malformed key, or an extension extends nothing.
        DuplicateRegistration: Two plugins register one key and no replacement says which wins.
        ConfigurationError: A replacement names a plugin that does not register the key.
    """
    registry: Registry[Any] = Registry(info.word)
    winners = replacements.get(info.word, {})
    extensions: list[tuple[Source, Any]] = []
    for source, items in answers:
        for item in items:
            if info.extension is not None and isinstance(item, info.extension.type):
                extensions.append((source, item))
            else:
                _add(registry, info, source, item, winners)
    _check_winners(registry, winners)
    for source, extension in extensions:
        _extend(registry, info, source, extension)
    registry.freeze()
    return registry


def items_of(info: HookInfo, source: Source, answer: Any) -> list[Any]:
    """The items one plugin returned, as a list; nothing returned is no items."""
    if answer is None:
        return []
    if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
        raise _invalid(info, source, answer, "return a list of items")
    return list(answer)


def _add(registry: Registry[Any], info: HookInfo, source: Source, item: Any, winners: Mapping[str, str]) -> None:
    key = _checked_key(info, source, item)
    winner = winners.get(key)
    if winner is None or winner == source.name:
        registry.add(key, item, source.name, replace=winner is not None)
    elif key not in registry:
        registry.add(key, item, source.name)


def _check_winners(registry: Registry[Any], winners: Mapping[str, str]) -> None:
    problems = [
        SettingProblem(path=f"CORE.REPLACE.{registry.word}", message=f"{winner!r} registers no {key!r}.")
        for key, winner in winners.items()
        if key not in registry or registry.owner(key) != winner
    ]
    if problems:
        raise ConfigurationError(problems=problems)


def _checked_key(info: HookInfo, source: Source, item: Any) -> str:
    if isinstance(item, type) or not isinstance(item, info.types):
        expected = " or ".join(kind.__name__ for kind in info.types)
        raise _invalid(info, source, item, f"return instances of {expected}")
    key: object = getattr(item, info.key)
    if isinstance(item, Settings):
        _check_section(info, source, item)
    elif not _key_fits(info, source, key):
        form = "lower-case letters, digits and underscores" if info.bare else f"{source.name}.<name>, in lower case"
        raise _invalid(info, source, item, f"its {info.key} is {key!r}; write {form}")
    return str(key)


def _key_fits(info: HookInfo, source: Source, key: object) -> bool:
    if not isinstance(key, str):
        return False
    return bool(((info.bare or source.own) and _BARE_KEY.match(key)) or (not info.bare and _FULL_KEY.match(key)))


def _check_section(info: HookInfo, source: Source, item: Settings) -> None:
    own_name = re.sub(r"\W", "_", source.name.removeprefix("webnet_")).upper()
    if not _SECTION.match(item.key) or (item.key != own_name and not source.own):
        raise _invalid(info, source, item, f"its key is {item.key!r}; a plugin's section is named {own_name!r}")
    model: object = item.model
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise _invalid(info, source, item, "its model is no pydantic model")
    if model.model_config.get("extra") != "forbid":
        raise _invalid(info, source, item, "its model accepts unknown keys; derive it from SettingsSection")


def _extend(registry: Registry[Any], info: HookInfo, source: Source, extension: Any) -> None:
    key = getattr(extension, info.key)
    if key not in registry:
        error = unknown_key(info.word, key, registry)
        raise InvalidRegistration(
            f"{source} extends {key!r}, which nobody registers. {error.message}", plugin=source.name, hook=info.name
        )
    entry = registry.entry(key)
    amended = info.extension.apply(entry.item, extension) if info.extension is not None else entry.item
    registry.add(key, amended, entry.plugin, replace=True)


def _invalid(info: HookInfo, source: Source, value: Any, advice: str) -> InvalidRegistration:
    return InvalidRegistration(
        f"{source}, hook {info.name}: {value!r} does not fit: {advice}.",
        plugin=source.name,
        hook=info.name,
        value=value,
    )
