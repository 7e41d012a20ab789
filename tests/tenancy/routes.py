"""Every route of the site, as its resolvers have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

METHODS = ("get", "post", "put", "patch", "delete")
SAFE = ("get", "head", "options")
NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One pattern with the namespaces above it; `template` has its parameters in braces."""

    name: str
    template: str
    view: Any = field(compare=False)
    callback: Any = field(compare=False, hash=False)
    parameters: Mapping[str, Any] = field(compare=False, hash=False)

    @property
    def ours(self) -> bool:
        """Whether it is webnet's, not the site's own."""
        return self.name.startswith("webnet:") or self.api

    @property
    def api(self) -> bool:
        """Whether it belongs to the REST interface."""
        return self.template.startswith("/api/") and hasattr(self.callback, "cls")

    @property
    def methods(self) -> list[str]:
        """What it answers to, as its view says."""
        bound = getattr(self.callback, "actions", None)
        if bound:
            return [method for method in bound if method in METHODS]
        allowed = getattr(self.view, "http_method_names", METHODS)
        return [method for method in METHODS if method in allowed and hasattr(self.view, method)]

    @property
    def ids(self) -> list[str]:
        """The parameters that are ids: numbers or UUIDs."""
        return [
            name for name, converter in self.parameters.items() if takes_numbers(converter) or takes_uuids(converter)
        ]

    @property
    def uuids(self) -> list[str]:
        """Those that are UUIDs and cannot be numbers."""
        return [name for name in self.ids if not takes_numbers(self.parameters[name])]

    def action(self, method: str) -> str:
        """The key of the view's `actions` for a method."""
        return str((getattr(self.callback, "actions", None) or {}).get(method, method))

    def path(self, **values: Any) -> str:
        """The address with its parameters filled in."""
        return self.template.format(**values)

    def __str__(self) -> str:
        return self.template


def takes_numbers(converter: Any) -> bool:
    """Tell whether a path converter takes ids and no words."""
    pattern = getattr(converter, "regex", r".*")
    return bool(re.fullmatch(pattern, "700001")) and not re.fullmatch(pattern, "word")


def takes_uuids(converter: Any) -> bool:
    """Tell whether a path converter takes UUIDs and no words."""
    return isinstance(converter, UUIDConverter)


def all_routes(urlconf: str | None = None) -> list[Route]:
    """Every route, each callback once: a form without the slash at its end is the same view."""
    found: dict[tuple[Any, frozenset[str]], Route] = {}
    for route in _walk(get_resolver(urlconf), "/", ""):
        key = (route.callback, frozenset(route.parameters))
        if key not in found or (route.template.endswith("/") and not found[key].template.endswith("/")):
            found[key] = route
    return sorted(found.values(), key=lambda route: route.template)


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        template, parameters = _template(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, prefix + template, inner)
        elif isinstance(entry, URLPattern):
            yield Route(
                name=f"{namespace}{entry.name or ''}",
                template=prefix + template,
                view=_view(entry.callback),
                callback=entry.callback,
                parameters={**_known(prefix), **parameters},
            )


def _known(prefix: str) -> dict[str, Any]:
    return dict.fromkeys(re.findall(r"\{(\w+)\}", prefix))


def _template(pattern: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern)), dict(pattern.converters)
    form, names = normalize(pattern.regex.pattern)[0]
    return re.sub(r"%\((\w+)\)s", r"{\1}", form), dict.fromkeys(names)


def _view(callback: Any) -> Any:
    return getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
