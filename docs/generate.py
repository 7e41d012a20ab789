"""Write the reference pages that are made from code: the hooks, the settings, the public API.

`make reference` runs this; tests/repo/test_reference.py fails when a committed page says something else than the code.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import django
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from webnet_core.plugins.markers import hook_info

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PACKAGES = ("webnet_core", "webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui")
KINDS = {
    "register": "collected once at the start; what it returns is checked, and its keys are unique",
    "decide": "the first answer counts; an exception stops the operation",
    "guard": "all are asked; any veto stops the submission, and an exception is a veto",
    "notify": "each plugin alone; an exception is logged and the others still hear of it",
}
HOOKS_INTRODUCTION = """\
A plugin implements any of these with `@hookimpl` from `webnet_core.plugin`. An implementation may take fewer arguments
than the hook has."""
SETTINGS_INTRODUCTION = """\
Everything is a key of one dictionary, `WEBNET`, in the host's settings, nested by package. An unknown key is an error,
and so is a value of the wrong type; both stop the start and say what is meant. `Seconds` is a number above 0, `Count` a
whole number of at least 1."""


CHECKS_INTRODUCTION = """\
`manage.py check` prints these; `migrate` and `runserver` stop at an error. `manage.py check --deploy` adds what a site
needs before strangers can reach it, beside Django's own findings about cookies, HSTS and TLS. Those that concern where
a site starts are refused there as well while DEBUG is off: by the ASGI wrapper, by `manage.py webnet worker` and by
Celery's workers. `SILENCED_SYSTEM_CHECKS` silences one that a site knows better about."""
DRIVERS_INTRODUCTION = """\
A driver is a library under Nornir that opens sessions on devices and performs operations over them. For each device and
operation the first of these that can do it and is installed is taken: the run's own choice (the option `driver`; then
no other is tried), the device's setting, the platform's order. A plugin may decide before all that with
`webnet_select_driver`. Plans and results say which driver was taken and why, and which would be tried after it.

When a connection breaks, times out or is not understood while a task only reads, the next driver tries; each attempt is
kept with the result. A refused login, a host key that is not the pinned one, a device that cannot be reached and a
command the device refuses are final, and after the first byte that changes a device no other driver touches it. With
every driver the device's key is checked in the connection that then logs in, before the password is sent."""
MATRIX_INTRODUCTION = """\
On platforms in **bold** the test suite performs every operation over every driver that does it, on simulated devices;
the others stand on what the libraries say of themselves. The numbers are explained below the table."""


def optional(name: str) -> ModuleType | None:
    """A module that not every package has; one that is there and broken is an error."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def hookspecs() -> Iterator[tuple[str, FunctionType]]:
    """Every hook with the package that owns it, in the order of the file."""
    for package in PACKAGES:
        module = optional(f"{package}.hookspecs")
        for value in list(vars(module).values()) if module else []:
            if inspect.isfunction(value) and hook_info(value):
                yield package, value


def signature_of(function: FunctionType) -> str:
    """The signature as written: `webnet_event(event: Event) -> None`."""
    tree = next(node for node in ast.parse(inspect.getsource(function)).body if isinstance(node, ast.FunctionDef))
    returns = f" -> {ast.unparse(tree.returns)}" if tree.returns else ""
    return f"{tree.name}({ast.unparse(tree.args)}){returns}"


def hooks_page() -> str:
    """The page of all hooks, one heading each with its exact signature."""
    parts = [
        "# Hooks",
        HOOKS_INTRODUCTION,
        "\n".join(f"- **{kind}**: {rule}." for kind, rule in KINDS.items()),
    ]
    owner = ""
    for package, function in hookspecs():
        if package != owner:
            owner = package
            parts.append(f"## {package.replace('_', '-')}")
        info = hook_info(function)
        parts.append(f"### {function.__name__}")
        parts.append(f"```python\n{signature_of(function)}\n```")
        parts.append(f"*{info.kind.value}*" + (f", unique by `{info.key}`" if info and info.key else ""))
        parts.append(prose(inspect.getdoc(function) or ""))
    return "\n\n".join(parts) + "\n"


def prose(docstring: str) -> str:
    """A docstring as Markdown: literal blocks become code, indented explanations become lists or paragraphs."""
    blocks = re.split(r"\n\n(?=\S)", docstring.replace("``", "`"))
    return "\n\n".join(block_of_prose(block) for block in blocks if block.strip())


def block_of_prose(block: str) -> str:
    """One paragraph of a docstring with what is indented below it."""
    head = re.split(r"\n(?!\S)", block, maxsplit=1)[0]
    rest = block[len(head) :].lstrip("\n")
    body = textwrap.dedent(rest).strip()
    since = re.match(r"\.\. versionadded:: (.+)", head)
    if since:
        return f"Since {since.group(1)}."
    if head.endswith("::"):
        return f"{head[:-1]}\n\n```python\n{body}\n```"
    if head in ("Args:", "Raises:"):
        return f"{head}\n\n" + re.sub(r"^(\S+):", r"- `\1`:", body, flags=re.MULTILINE)
    return f"{head}\n\n{body}" if body else head


def sections() -> dict[str, type[BaseModel]]:
    """Every section of WEBNET that our own packages declare, core's first."""
    conf = importlib.import_module("webnet_core.conf")
    return dict(conf.settings.models())


def settings_page() -> str:
    """The page of all settings, a table for each section."""
    parts = [
        "# Settings",
        SETTINGS_INTRODUCTION,
    ]
    for section, model in sections().items():
        types = annotations_of(model)
        rows = ["| key | type | default | what it does |", "|---|---|---|---|"]
        rows += [setting_row(name, types[name], field) for name, field in model.model_fields.items()]
        parts += [f'## `WEBNET["{section}"]`', "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def annotations_of(model: type[BaseModel]) -> dict[str, str]:
    """The types of a model's fields as its author wrote them, without the validators."""
    body = next(node for node in ast.parse(textwrap.dedent(inspect.getsource(model))).body)
    fields = [node for node in body.body if isinstance(node, ast.AnnAssign)] if isinstance(body, ast.ClassDef) else []
    return {ast.unparse(node.target): ast.unparse(WithoutValidators().visit(node.annotation)) for node in fields}


class WithoutValidators(ast.NodeTransformer):
    """`Annotated[str, AfterValidator(f)]` is `str` to a reader."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Replace an Annotated by what it annotates."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return node.slice.elts[0]
        return node


def setting_row(name: str, kind: str, field: FieldInfo) -> str:
    """One line of a settings table."""
    if field.default_factory is not None:
        default = repr(field.get_default(call_default_factory=True))
    else:
        default = "required" if field.default is PydanticUndefined else repr(field.default)
    cells = [f"`{name}`", f"`{kind}`", f"`{default}`", " ".join((field.description or "").split())]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def checks_page() -> str:
    """The page of all system checks, from the tables at the head of the modules that have them."""
    rows = []
    for package in PACKAGES:
        module = optional(f"{package}.checks")
        text = re.sub(r"\n {10,}", " ", module.__doc__ or "") if module else ""
        rows += re.findall(r"^(webnet\.[EW]\d{3}) +(.+)$", text, re.MULTILINE)
    table = [f"| `{number}` | {what.replace('``', '`')} |" for number, what in sorted(rows)]
    return (
        "\n\n".join(
            ["# System checks", CHECKS_INTRODUCTION, "\n".join(["| id | what is wrong |", "|---|---|", *table])]
        )
        + "\n"
    )


def drivers_page() -> str:
    """The page of all drivers: what each can do on each platform, and why not where it cannot."""
    base = importlib.import_module("webnet_nornir.drivers.base")
    operations = importlib.import_module("webnet_nornir.operations").OPERATIONS
    registry = importlib.import_module("webnet_core.plugin").registry
    names = ("netmiko", "scrapli", "napalm")
    drivers, reasons, proven = [registry("drivers").get(name) for name in names], Reasons(), proven_platforms()
    rows = [f"| platform | {' | '.join(driver.name for driver in drivers)} |", "|---" * (len(drivers) + 1) + "|"]
    platforms = importlib.import_module("webnet_core.platforms").PLATFORMS
    for platform in sorted(platforms, key=lambda one: (one.slug not in proven, one.label)):
        label = f"**{platform.label}**" if platform.slug in proven else platform.label
        cells = [
            reasons.cell({name: base.obstacle(driver, platform, name) for name in operations}) for driver in drivers
        ]
        rows.append(f"| {label} (`{platform.slug}`) | {' | '.join(cells)} |")
    installs = [f"- **{driver.name}**: `pip install '{driver.requires}'`" for driver in drivers]
    parts = ["# Drivers", DRIVERS_INTRODUCTION, "\n".join(installs), "## What each can do", MATRIX_INTRODUCTION]
    return "\n\n".join([*parts, "\n".join(rows), "\n".join(reasons.listed())]) + "\n"


class Reasons:
    """Numbers the reasons why drivers cannot do things, each sentence once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cell(self, obstacles: dict[str, str]) -> str:
        """What a table says of one driver on one platform: all, none or which operations, with the reasons' numbers."""
        able = [f"`{name}`" for name, reason in obstacles.items() if not reason]
        why = dict.fromkeys(reason for reason in obstacles.values() if reason)
        marks = ", ".join(str(self._numbers.setdefault(reason, len(self._numbers) + 1)) for reason in why)
        if not why:
            return "all"
        return f"{', '.join(able) or 'none'} ({marks})"

    def listed(self) -> list[str]:
        """The reasons in the order of their numbers."""
        return [f"{number}. {reason[0].upper()}{reason[1:]}." for reason, number in self._numbers.items()]


def proven_platforms() -> list[str]:
    """The platforms on which the suite of webnet-nornir performs every operation over every driver that does it."""
    tree = ast.parse((ROOT / "packages" / "webnet-nornir" / "tests" / "sim" / "test_matrix.py").read_text())
    found = {ast.unparse(node.targets[0]): node.value for node in tree.body if isinstance(node, ast.Assign)}
    return list(ast.literal_eval(found["LINES"]))


def public_names() -> Iterator[str]:
    """One line for every public name: what it is and, for functions and classes, how it is called."""
    for package in PACKAGES:
        for module_name in (f"{package}.plugin", f"{package}.testing"):
            module = optional(module_name)
            for name in sorted(getattr(module, "__all__", ())) if module else ():
                yield f"{module_name}.{name}{described(getattr(module, name))}"


def described(value: Any) -> str:
    """`(arguments) -> result` of a function, the members of a class, the type of anything else."""
    if inspect.isfunction(value):
        return str(inspect.signature(value))
    if inspect.isclass(value):
        return f": class({', '.join(members(value))})"
    return ": type" if type(value).__module__ in ("typing", "types") else f": {type(value).__name__}"


def members(value: type[Any]) -> list[str]:
    """Fields of a dataclass or a pydantic model, members of an enum, public attributes of any other class."""
    for attribute in ("__dataclass_fields__", "__pydantic_fields__", "__members__"):
        if fields := getattr(value, attribute, None):
            return list(fields)
    return sorted(name for name in vars(value) if not name.startswith(("_", "model_")))


def pages() -> dict[Path, str]:
    """Every generated file with what it should say."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.repo.typing_settings"
    sys.path.insert(0, str(ROOT))
    django.setup()
    return {
        REFERENCE / "hooks.md": hooks_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "checks.md": checks_page(),
        REFERENCE / "drivers.md": drivers_page(),
        REFERENCE / "public-api.txt": "\n".join(public_names()) + "\n",
    }


def main() -> int:
    """Write what differs and name it; with `--check`, name it and write nothing."""
    differing = [(path, text) for path, text in pages().items() if not path.exists() or path.read_text() != text]
    checking = "--check" in sys.argv[1:]
    for path, text in differing:
        if not checking:
            path.write_text(text)
        print(f"{'differs' if checking else 'wrote'}: {path.relative_to(ROOT)}")
    return 1 if checking and differing else 0


if __name__ == "__main__":
    sys.exit(main())
