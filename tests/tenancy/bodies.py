"""Bodies of requests, made up from the OpenAPI description of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings

from tests.tenancy.known import NEEDED, NO_IDS, VALUES
from tests.tenancy.routes import Route
from tests.tenancy.world import OWN_IDS, World
from webnet_core.api.schema import build_schema
from webnet_core.inventory.targets import Targets
from webnet_core.models import Device
from webnet_core.plugins.registry import registry

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address in the description."""

    name: str
    method: str
    template: str
    body: Schema | None = field(hash=False, compare=False)
    query: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address without the names of its parameters, which the description and the URL conf call differently."""
        return nameless(self.template)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a body that takes a value of the caller's: where, and which kinds it takes."""

    path: tuple[str, ...]
    kinds: frozenset[str]
    listed: bool = False

    @property
    def relation(self) -> bool:
        """Whether it takes ids."""
        return "id" in self.kinds or "uuid" in self.kinds

    def into(self, body: Mapping[str, Any], value: Any) -> dict[str, Any]:
        """A copy of `body` with `value` in this place; what stands beside it in an inner object is left out."""
        inner = [value] if self.listed else value
        for name in reversed(self.path[1:]):
            inner = {name: inner}
        return {**body, self.path[0]: inner}

    def __str__(self) -> str:
        return ".".join(self.path)


@cache
def description(urlconf: str = "") -> Schema:
    """The site's description; of another URL conf where one is named."""
    return build_schema(urlconf or settings.ROOT_URLCONF)


@cache
def operations(urlconf: str = "") -> tuple[Operation, ...]:
    """Everything described."""
    found = []
    for template, methods in description(urlconf)["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            query = tuple(item["name"] for item in described.get("parameters", ()) if item["in"] == "query")
            body = next((item["schema"] for item in content.values()), None)
            found.append(
                Operation(name=described["operationId"], method=method, template=template, body=body, query=query)
            )
    return tuple(sorted(found, key=lambda operation: operation.name))


def nameless(template: str) -> str:
    """An address whose parameters have no names."""
    return re.sub(r"\{\w+\}", "{}", template)


def operation_of(route: Route, method: str) -> Operation | None:
    """What the description has of a method of a route; an address without a version is that of the version."""
    found = {(item.address, item.method): item for item in operations(settings.ROOT_URLCONF)}
    address = nameless(route.template)
    return found.get((address, method)) or found.get((address.replace("/api/", "/api/v1/", 1), method))


def body_for(world: World, route: Route, method: str) -> dict[str, Any] | None:
    """A body that the route takes, as far as the description tells; None where none is described."""
    found = operation_of(route, method)
    return make_body(world, found) if found is not None and found.body is not None else None


def make_body(world: World, operation: Operation) -> dict[str, Any]:
    """The required fields of an operation, with values that are free; a change of something changes nothing."""
    schema = resolved(operation.body or {})
    required = schema.get("required", ()) if operation.method == "post" else ()
    asked = [*required, *NEEDED.get(operation.name, ())]
    return {name: _value(world, name, resolved(schema["properties"][name])) for name in asked}


def places(operation: Operation) -> Iterator[Place]:
    """Every place of the operation's body, those of free objects as far as something else describes them."""
    yield from _places(resolved(operation.body or {}), ())


def resolved(schema: Schema) -> Schema:
    """The schema itself where there is only a reference to it."""
    while "$ref" in schema or "allOf" in schema:
        reference = schema.get("$ref") or schema["allOf"][0]["$ref"]
        schema = description(settings.ROOT_URLCONF)["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _places(schema: Schema, above: tuple[str, ...]) -> Iterator[Place]:
    for name, inner in schema.get("properties", {}).items():
        found = resolved(inner)
        path = (*above, name)
        if found.get("properties"):
            yield from _places(found, path)
        elif found.get("type") == "object":
            yield from _free(path)
        elif found.get("type") == "array":
            yield Place(path=path, kinds=_kinds(resolved(found.get("items", {}))), listed=True)
        elif name not in NO_IDS:
            yield Place(path=path, kinds=_kinds(found))


def _free(path: tuple[str, ...]) -> Iterator[Place]:
    """The inside of an object that takes anything: targets as their model has it, parameters as the tasks'."""
    models = {"targets": [Targets], "params": [spec.params for spec in registry("tasks").values()]}
    for model in models.get(path[-1], ()):
        for name, inner in model.model_json_schema().get("properties", {}).items():
            choices = inner.get("anyOf", [inner])
            lists = [item["items"] for item in choices if item.get("type") == "array" and "items" in item]
            kinds = frozenset().union(*(_kinds(item) for item in lists or choices))
            if kinds:
                yield Place(path=(*path, name), kinds=kinds, listed=bool(lists))


def _kinds(schema: Schema) -> frozenset[str]:
    kinds = set()
    for item in schema.get("oneOf", [schema]):
        if item.get("type") == "integer" and item.get("maximum", OWN_IDS) >= OWN_IDS:
            kinds.add("id")
        elif item.get("format") == "uuid":
            kinds.add("uuid")
        elif item.get("type") == "string" and "enum" not in item and item.get("format") != "date-time":
            kinds.add("text")
    return frozenset(kinds)


def _value(world: World, name: str, schema: Schema) -> Any:
    if name == "targets":
        return {"device_ids": [world.ours.row(Device).pk]}
    if name == "device_ids":
        return [world.ours.row(Device).pk]
    if name in VALUES:
        return VALUES[name]
    if "enum" in schema:
        return schema["enum"][0]
    kinds = _kinds(schema)
    if "id" in kinds:
        return schema.get("minimum", 1)
    simple: dict[str, Any] = {"string": "text", "boolean": True, "array": [], "object": {}}
    return "2036-01-01T00:00:00Z" if schema.get("format") == "date-time" else simple[schema["type"]]
