"""A Django form for a task's parameters, made from its pydantic model; the model stays the only judge of values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from pydantic import BaseModel
from pydantic.fields import FieldInfo

PREFIX = "params"


class ParametersForm(forms.Form):
    """Base of generated forms; `raw()` gives what the service validates."""

    def raw(self) -> dict[str, Any]:
        """Return the parameters as the task's model takes them, fields left empty left out."""
        values = {name: self._value(name) for name in self.fields}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        field = self.fields[name]
        if isinstance(field, LinesField):
            return value or None
        return None if value is None or value == "" else value

    def add_errors(self, errors: Mapping[str, str]) -> None:
        """Show errors of the service at the fields they belong to; paths begin with ``params.``."""
        for path, message in errors.items():
            head, _, rest = path.partition(".")
            name = rest.split(".")[0] if head == PREFIX else ""
            place = rest[len(name) + 1 :]
            numbered = f"line {int(place) + 1}: {message}" if place.isdecimal() else message
            self.add_error(name if name in self.fields else None, numbered)


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        """Return the lines that are not blank."""
        text = super().clean(value)
        return [line.rstrip() for line in text.splitlines() if line.strip()]


class JsonField(forms.CharField):
    """Whatever has no field of its own, as JSON."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        """Return the parsed value.

        Raises:
            ValidationError: it is not JSON.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            message = f"This is not JSON: {error}"
            raise forms.ValidationError(message) from error


def build_form(model: type[BaseModel]) -> type[ParametersForm]:
    """Return the form class for a task's parameters."""
    fields = {name: _field(name, info) for name, info in model.model_fields.items()}
    return type(f"{model.__name__}Form", (ParametersForm,), fields)


def _field(name: str, info: FieldInfo) -> forms.Field:
    required = info.is_required()
    common: dict[str, Any] = {
        "label": info.title or name.replace("_", " ").capitalize(),
        "help_text": info.description or "",
        "required": required,
    }
    if not required and info.default is not None and not callable(info.default):
        common["initial"] = _initial(info.default)
    return _typed(_bare(info.annotation), common)


_PLAIN: dict[Any, type[forms.Field]] = {int: forms.IntegerField, float: forms.FloatField, str: forms.CharField}


def _typed(kind: Any, common: dict[str, Any]) -> forms.Field:
    if get_origin(kind) is Literal:
        choices = [(str(value), str(value)) for value in get_args(kind)]
        return forms.ChoiceField(choices=choices, **common)
    if kind is bool:
        return forms.BooleanField(**{**common, "required": False})
    if kind in _PLAIN:
        return _PLAIN[kind](**common)
    lines = get_origin(kind) in {list, tuple} and [_bare(part) for part in get_args(kind)[:1]] == [str]
    field = LinesField(**common) if lines else JsonField(**common)
    field.widget.attrs.update({"rows": 4, "spellcheck": "false", "data-code": ""})
    return field


def _bare(kind: Any) -> Any:
    """Return the type without None and without the constraints that pydantic checks."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        rest = [part for part in get_args(kind) if part is not NoneType]
        return _bare(rest[0]) if len(rest) == 1 else kind
    return kind


def _initial(default: Any) -> Any:
    if isinstance(default, (list, tuple)):
        return "\n".join(map(str, default))
    return default
