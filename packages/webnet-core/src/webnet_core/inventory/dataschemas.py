"""The JSON Schema of a customer's device data: what a device's `data` must look like, checked whenever it is written.

A schema stands on its own (no references) and its patterns are matched in linear time, so that neither setting one nor
writing a device can be made to take for ever, or to ask another machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from pydantic_core import SchemaError as PatternError
from pydantic_core import SchemaValidator, core_schema
from pydantic_core import ValidationError as NoMatch

from webnet_core.access.models import Customer
from webnet_core.access.permissions import require
from webnet_core.audit.record import record
from webnet_core.exceptions import Conflict, FieldError, InvalidInput
from webnet_core.inventory.models import DataSchema, Device

LARGEST = 64 * 1024
_REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary"})
_UNEVALUATED = frozenset({"unevaluatedProperties", "unevaluatedItems"})
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MOST_ERRORS = 20
# Making a matcher of a pattern may take 30 ms and some megabytes.
_MOST_PATTERNS = 50
_NAMED = 10


def set_schema(user: Any, customer_id: int, schema: Any) -> DataSchema:
    """Make `schema` what every device's data of the customer satisfies.

    Arguments:
        schema: JSON Schema, draft 2020-12, for an object; without references.

    Raises:
        PermissionDenied: the user lacks ``schemas.edit`` in the customer.
        InvalidInput: this is no such schema; every error with its path.
        Conflict: devices do not satisfy it; `used_by` names the first of them.
    """
    require(user, "schemas.edit", customer_id)
    if errors := schema_errors(schema):
        raise InvalidInput(errors=errors)
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer_id)
        _refuse_unsatisfied(customer_id, schema)
        row, made = DataSchema.objects.update_or_create(customer_id=customer_id, defaults={"schema": schema})
        record(user, "schemas.create" if made else "schemas.update", row, data={"schema": schema})
    return row


def delete_schema(user: Any, customer_id: int) -> bool:
    """Let device data be whatever it is again; return whether there was a schema.

    Raises:
        PermissionDenied: the user lacks ``schemas.edit`` in the customer.
    """
    require(user, "schemas.edit", customer_id)
    with transaction.atomic():
        row = DataSchema.objects.select_for_update().filter(customer_id=customer_id).first()
        if row is None:
            return False
        record(user, "schemas.delete", row, data={"schema": row.schema})
        row.delete()
    return True


def schema_of(customer_id: int) -> Any:
    """Return the customer's schema; None where device data may be anything."""
    return DataSchema.objects.filter(customer_id=customer_id).values_list("schema", flat=True).first()


def data_errors(schema: Any, data: Any) -> list[FieldError]:
    """Return what of a device's data does not satisfy a schema, at most twenty errors, each with its path."""
    if schema is None:
        return []
    found = sorted(_Validator(schema).iter_errors(data), key=lambda error: [str(step) for step in error.absolute_path])
    return [
        FieldError(path=_path("data", error), message=_told(error), code="data_schema")
        for error in found[:_MOST_ERRORS]
    ]


def schema_errors(schema: Any) -> list[FieldError]:
    """Return what is wrong with a schema somebody wants to set."""
    if not isinstance(schema, dict):
        return [_wrong((), "A schema is an object.")]
    if len(json.dumps(schema)) > LARGEST:
        return [_wrong((), f"A schema has at most {LARGEST} characters.")]
    if schema.get("$schema", _DIALECT) != _DIALECT:
        return [_wrong(("$schema",), f"Only {_DIALECT} is understood.")]
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return [_wrong(tuple(error.absolute_path), error.message[:300])]
    if sum(1 for _ in _patterns(schema)) > _MOST_PATTERNS:
        return [_wrong((), f"A schema has at most {_MOST_PATTERNS} patterns.")]
    return list(_unfit(schema, ()))


def _patterns(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for name, inner in part.items():
            if name == "patternProperties" and isinstance(inner, Mapping):
                yield from inner
            elif name == "pattern" and isinstance(inner, str):
                yield inner
            yield from _patterns(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _patterns(inner)


def _unfit(part: Any, path: tuple[Any, ...]) -> Iterator[FieldError]:
    """Yield what a schema may not have here, wherever it stands: also where it would be data, as in an enum."""
    if isinstance(part, Mapping):
        for name, inner in part.items():
            here = (*path, name)
            if name in _REFERENCES and isinstance(inner, str):
                yield _wrong(here, "References are not taken: write what it leads to in its place.")
            elif name in _UNEVALUATED:
                yield _wrong(here, "This is not taken: use additionalProperties or items.")
            elif name == "pattern" and isinstance(inner, str):
                yield from _bad_pattern(inner, here)
            elif name == "patternProperties" and isinstance(inner, Mapping):
                for pattern in inner:
                    yield from _bad_pattern(pattern, (*here, pattern))
            yield from _unfit(inner, here)
    elif isinstance(part, list):
        for place, inner in enumerate(part):
            yield from _unfit(inner, (*path, place))


def _bad_pattern(pattern: str, path: tuple[Any, ...]) -> Iterator[FieldError]:
    try:
        _matcher(pattern)
    except PatternError:
        yield _wrong(path, "This is no regular expression that is matched in linear time; no look-around, no \\1.")


@lru_cache(maxsize=4 * _MOST_PATTERNS)
def _matcher(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))


def _matches(pattern: str, text: str) -> bool:
    try:
        _matcher(pattern).validate_python(text)
    except NoMatch:
        return False
    return True


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    for pattern, inner in patterns.items():
        for name, value in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(value, inner, path=name, schema_path=pattern)


def _additional(validator: Any, inner: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if not isinstance(instance, Mapping):
        return
    patterns = schema.get("patternProperties", {})
    declared = schema.get("properties", {})
    for name, value in instance.items():
        if name in declared or any(_matches(pattern, name) for pattern in patterns):
            continue
        if inner is False:
            known = ", ".join(sorted(declared)) or "nothing"
            yield ValidationError(f"This is not allowed here; allowed: {known}.", path=[name])
        else:
            yield from validator.descend(value, inner, path=name)


def _required(_validator: Any, names: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    for name in names if isinstance(instance, Mapping) else ():
        if name not in instance:
            yield ValidationError("This is missing.", path=[name])


def _unique(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """As the library does, and not in quadratic time: 1 is 1.0, and true is not 1."""
    if wanted and isinstance(instance, list):
        told = {json.dumps(_number_alike(item), sort_keys=True) for item in instance}
        if len(told) < len(instance):
            yield ValidationError("Some items are the same.")


def _number_alike(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=lambda text: _whole_if_it_is(float(text)))


def _whole_if_it_is(number: float) -> int | float:
    return int(number) if number.is_integer() else number


_Validator: Any = extend(
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional,
        "required": _required,
        "uniqueItems": _unique,
    },
)


def _told(error: ValidationError) -> str:
    """Return what is wrong and what would be right, in one line."""
    match error.validator:
        case "type":
            wanted = error.validator_value
            names = wanted if isinstance(wanted, list) else [wanted]
            return f"This is no {' or '.join(names)}."
        case "enum":
            return f"This is none of {', '.join(json.dumps(value) for value in error.validator_value)}."
        case "pattern":
            return f"This does not match {error.validator_value}."
    text = error.message[:300]
    return text if text.endswith(".") else f"{text}."


def _path(start: str, error: ValidationError) -> str:
    return ".".join((start, *map(str, error.absolute_path)))


def _wrong(path: tuple[Any, ...], message: str) -> FieldError:
    return FieldError(path=".".join(("schema", *map(str, path))), message=message, code="invalid_schema")


def _refuse_unsatisfied(customer_id: int, schema: Any) -> None:
    validator = _Validator(schema)
    rows = Device.objects.filter(customer_id=customer_id).order_by("hostname", "pk")
    named: list[tuple[int, str]] = []
    count, first = 0, ""
    for pk, hostname, data in rows.values_list("pk", "hostname", "data").iterator(chunk_size=2000):
        if validator.is_valid(data):
            continue
        count += 1
        if len(named) < _NAMED:
            named.append((pk, hostname))
        first = first or "; ".join(f"{item.path}: {item.message}" for item in data_errors(schema, data)[:3])
    if not count:
        return
    names = ", ".join(hostname for _, hostname in named) + (f" and {count - _NAMED} more" if count > _NAMED else "")
    message = f"The data of {names} does not satisfy this schema ({named[0][1]}: {first}); correct it first."
    used_by = [{"type": "webnet_core.device", "id": pk, "name": hostname} for pk, hostname in named]
    raise Conflict(message, used_by=used_by, count=count)
