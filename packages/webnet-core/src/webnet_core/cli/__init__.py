"""Core's verbs of `manage.py webnet`, and where all verbs come together.

An app brings verbs in its module ``cli``: ``VERBS = (Verb(name=…, help=…, run=…),)``; so does a room of core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, TextIO

from django.conf import settings as django_settings
from pydantic import BaseModel, SecretStr

from webnet_core.apps import webnet_apps
from webnet_core.cli import doctor, init
from webnet_core.conf import SETTING, settings
from webnet_core.plugins.manager import load_plugins, loaded_plugins, plugin_rows
from webnet_core.plugins.report import Call, PluginRow
from webnet_core.plugins.verbs import Verb, collect_verbs
from webnet_core.redact import MASK
from webnet_core.terminal import write_json

ROOMS = ("blobs", "audit", "access", "secrets", "inventory", "live", "jobs", "ops")


def verbs() -> dict[str, Verb]:
    """Every verb of the installed apps, by name."""
    return collect_verbs(_found())


def _found() -> Iterator[tuple[str, Sequence[Verb]]]:
    for app in webnet_apps():
        paths = ["cli", *(f"{room}.cli" for room in ROOMS)] if app.name == "webnet_core" else ["cli"]
        for path in paths:
            module = app.submodule(path)
            if module is not None:
                yield module.__name__, module.VERBS


# ------------------------------------------------------------------------------------------------------------- plugins


def _plugins_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--trace", action="store_true", help="Load all plugins again and print every hook call.")


def show_plugins(options: argparse.Namespace, out: TextIO) -> int:
    """List every plugin with its state; 1 where one is quarantined."""
    calls: list[Call] = []
    if options.trace:
        load_plugins(trace=calls.append)
    rows = plugin_rows()
    if options.json:
        trace = [{"hook": call.hook, "plugin": call.plugin, "result": _short(call.result)} for call in calls]
        report = {"plugins": [asdict(row) for row in rows], "warnings": list(loaded_plugins().found.warnings)}
        write_json(out, report | ({"trace": trace} if options.trace else {}))
    else:
        for call in calls:
            out.write(f"{call.hook}  {call.plugin} -> {_short(call.result)}\n")
        for row in rows:
            _print_plugin(row, out)
        for warning in loaded_plugins().found.warnings:
            out.write(f"warning: {warning}\n")
    return int(any(row.state == "quarantined" for row in rows))


def _print_plugin(row: PluginRow, out: TextIO) -> None:
    installed = f"{row.distribution} {row.version}".strip() or "not from a distribution"
    out.write(f"{row.name}  [{row.state}]  {installed}  {row.door} {row.module}\n")
    if row.state == "disabled":
        out.write('  not loaded: named in WEBNET["CORE"]["PLUGINS_DISABLED"], or missing in "PLUGINS_ENABLED"\n')
    for hook in row.hooks:
        out.write(f"  {hook}\n")
    for word, keys in row.items.items():
        out.write(f"    {word}: {', '.join(keys)}\n")
    if row.failures:
        out.write(f"  failures in this process: {row.failures}\n")
    if row.error:
        out.write(f"  {row.error}\n")


def _short(result: Any) -> str:
    if isinstance(result, Exception):
        return f"{type(result).__name__}: {result}"
    if isinstance(result, (list, tuple)):
        return f"{len(result)} items"
    return str(result)[:120]


# ------------------------------------------------------------------------------------------------------------ settings


def show_settings(options: argparse.Namespace, out: TextIO) -> int:
    """Print every setting with its value in effect and whether the site or the default gave it; secrets masked."""
    given = getattr(django_settings, SETTING, {})
    rows = [
        {"key": f"{section}.{name}", "value": _shown(value), "origin": "site" if name in site else "default"}
        for section in settings.models()
        for site in [given.get(section, {})]
        for name, value in _fields(getattr(settings, section))
    ]
    if options.json:
        write_json(out, rows)
        return 0
    for row in rows:
        out.write(f"{row['key']} = {row['value']!r}  ({row['origin']})\n")
    return 0


def _fields(section: BaseModel) -> Iterator[tuple[str, Any]]:
    for name in type(section).model_fields:
        yield name, getattr(section, name)


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, BaseModel):
        return {name: _shown(item) for name, item in _fields(value)}
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [_shown(item) for item in value]
    return value


VERBS = (
    Verb(
        name="plugins",
        help="List plugins with version, state, hooks and items.",
        run=show_plugins,
        add_arguments=_plugins_arguments,
    ),
    Verb(name="settings", help="Print the settings in effect and where each comes from.", run=show_settings),
    doctor.VERB,
    init.VERB,
)
