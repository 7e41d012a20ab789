"""Write the reference pages that are made from code: the hooks, the settings, the public API.

`make reference` runs this; tests/repo/test_reference.py fails when a committed page says something else than the code.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import django
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PACKAGES = ("webnet_core", "webnet_nornir", "webnet_config", "webnet_compliance", "webnet_ui")
KINDS = {
    "register": "collected once at the start; what it returns is checked, and its keys are unique",
    "decide": "the first answer counts; an exception stops the operation",
    "guard": "all are asked; any veto stops the submission, and an exception is a veto",
    "notify": "each plugin alone; an exception is logged and the others still hear of it",
}


def optional(name: str) -> ModuleType | None:
    """A module that not every package has; one that is there and broken is an error."""
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def hookspecs() -> Iterator[tuple[str, FunctionType]]:
    """Every hook with the package that owns it, in the order of the file."""
    for package in PACKAGES:
        module = optional(f"{package}.hookspecs")
        for name, value in vars(module or {}).items() if module else ():
            if name.startswith("webnet_") and inspect.isfunction(value) and value.__module__ == module.__name__:
                yield package, value


def signature_of(function: FunctionType) -> str:
    """The signature as written: `webnet_event(event: Event) -> None`."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(tree, ast.FunctionDef)  # noqa: S101 - a hookspec is a plain function
    returns = f" -> {ast.unparse(tree.returns)}" if tree.returns else ""
    return f"{tree.name}({ast.unparse(tree.args)}){returns}"


def kind_of(function: FunctionType) -> str:
    """Which of the four kinds a hook is of, by its name and its docstring's first word."""
    if function.__name__.startswith("webnet_register_"):
        return "register"
    first = (inspect.getdoc(function) or "").split(".")[0].split(":")[0].strip().lower()
    return first if first in KINDS else ""


def hooks_page() -> str:
    """The page of all hooks, one heading each with its exact signature."""
    parts = [
        "# Hooks",
        "A plugin implements any of these with `@hookimpl` from `webnet_core.plugin`. An implementation may take",
    ]
    parts[-1] += " fewer arguments than the hook has.\n\n"
    parts[-1] += "\n".join(f"- **{kind}**: {rule}." for kind, rule in KINDS.items())
    owner = ""
    for package, function in hookspecs():
        if package != owner:
            owner = package
            parts.append(f"## {package}")
        parts.append(f"### {function.__name__}")
        parts.append(f"```python\n{signature_of(function)}\n```")
        parts.append(prose(inspect.getdoc(function) or ""))
    return "\n\n".join(part for part in parts if part) + "\n"


def prose(docstring: str) -> str:
    """A docstring as Markdown: its indented parts become literal blocks."""
    lines: list[str] = []
    inside = False
    for line in docstring.splitlines():
        indented = line.startswith("    ")
        if indented and not inside:
            lines += ["", "```text"]
        if inside and not indented and line.strip():
            lines += ["```", ""]
        inside = indented or (inside and not line.strip())
        lines.append(line.removeprefix("    ") if inside else line.replace("``", "`"))
    if inside:
        lines.append("```")
    return "\n".join(lines)


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section of WEBNET: the models named `<Something>Settings` of each package's conf module."""
    for package in PACKAGES:
        module = optional(f"{package}.conf")
        for name, value in vars(module).items() if module else ():
            ours = inspect.isclass(value) and issubclass(value, BaseModel) and value.__module__ == module.__name__
            if ours and name.endswith("Settings"):
                yield package.removeprefix("webnet_").upper(), value


def settings_page() -> str:
    """The page of all settings, a table for each section."""
    parts = [
        "# Settings",
        "Everything is a key of one dictionary, `WEBNET`, in the host's settings, nested by package.",
        "An unknown key is an error.",
    ]
    for section, model in sections():
        parts.append(f'## {model.__name__}: `WEBNET["{section}"]`')
        parts.append((inspect.getdoc(model) or "").strip())
        rows = ["| key | type | default | what it does |", "|---|---|---|---|"]
        rows += [setting_row(name, field) for name, field in model.model_fields.items()]
        parts.append("\n".join(rows))
    return "\n\n".join(part for part in parts if part) + "\n"


def setting_row(name: str, field: Any) -> str:
    """One line of a settings table."""
    if field.default_factory is not None:
        default = repr(field.default_factory())
    else:
        default = "required" if field.default is PydanticUndefined else repr(field.default)
    kind = inspect.formatannotation(field.annotation).replace("|", "\\|")
    words = " ".join((field.description or "").split()).replace("|", "\\|")
    return f"| `{field.alias or name}` | `{kind}` | `{default}` | {words} |".replace("|  |", "| |")


def public_names() -> Iterator[str]:
    """One line for every public name: what it is and, for functions and classes, how it is called."""
    for package in PACKAGES:
        for module_name in (f"{package}.plugin", f"{package}.testing"):
            module = optional(module_name)
            for name in sorted(getattr(module, "__all__", ())) if module else ():
                yield f"{module_name}.{name}{described(getattr(module, name))}"


def described(value: Any) -> str:
    """`(arguments) -> result` of a callable; the members of anything else that has a name for its type."""
    if not callable(value):
        return f": {type(value).__name__}"
    try:
        return str(inspect.signature(value)) if inspect.isfunction(value) else class_fields(value)
    except (TypeError, ValueError):
        return ""


def class_fields(value: Any) -> str:
    """The fields of a dataclass, else the public methods of a class."""
    fields = getattr(value, "__dataclass_fields__", None)
    names = list(fields) if fields else sorted(name for name in vars(value) if not name.startswith("_"))
    return f": class ({', '.join(names)})" if inspect.isclass(value) else ""


def public_api_text() -> str:
    """The dump that a review sees change whenever the public API does."""
    return "\n".join(public_names()) + "\n"


def pages() -> dict[Path, str]:
    """Every generated file with what it should say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.repo.typing_settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    return {
        REFERENCE / "hooks.md": hooks_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "public-api.txt": public_api_text(),
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
