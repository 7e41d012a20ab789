"""Serializers and fields that take exactly what is declared, whatever the host's REST_FRAMEWORK says."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from rest_framework import serializers

from webnet_core.moments import written

MAX_ID = 2**63 - 1


class Text(serializers.CharField):
    """A text; a number or a truth value is not one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it is."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Secret(Text):
    """A text that goes in and never comes out; blanks at its ends count, and the empty text removes it."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"write_only": True, "trim_whitespace": False, "allow_blank": True, "max_length": 20_000}
        super().__init__(**{**defaults, **kwargs})


class Whole(serializers.IntegerField):
    """A whole number; a text or a truth value is not one."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number."""
        if isinstance(data, (bool, str, float)):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Id(Whole):
    """An id of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **kwargs})


class Flag(serializers.BooleanField):
    """True or false, said as such."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Timestamp(serializers.DateTimeField):
    """A time as ISO 8601."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"format": "iso-8601", **kwargs})

    def to_representation(self, value: Any) -> Any:
        """Return the time with its offset, also where the site keeps local times."""
        if not isinstance(value, datetime):
            return super().to_representation(value)
        return written(value)


class Moment(Timestamp):
    """A time that a client sends: ISO 8601, and always with its offset from UTC."""

    default_error_messages = {
        "invalid": "This is no time; write it as 2027-01-31T22:00:00+01:00.",
        "no_offset": "Say in which zone this time is: end it with Z or with an offset, as +01:00.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"input_formats": ["iso-8601"], **kwargs})

    def to_internal_value(self, value: Any) -> Any:
        """Return the moment."""
        if not isinstance(value, str):
            self.fail("invalid")
        return super().to_internal_value(value)

    def enforce_timezone(self, value: datetime) -> datetime:
        """Leave the moment as it was sent; refuse one of no zone."""
        if timezone.is_naive(value):
            self.fail("no_offset")
        return value


class JSONObject(serializers.DictField):
    """An object with whatever is inside."""

    default_error_messages = {"not_a_dict": "This is an object."}


class Reference(serializers.Field[Any, Any, Any, Any]):
    """An id, a name, or null; the service finds it inside the customer."""

    default_error_messages = {"invalid": "This is an id or a name."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_null": True, **kwargs})

    def to_internal_value(self, data: Any) -> int | str:
        """Return the id or the name."""
        named = isinstance(data, str) and len(data) <= 120
        numbered = isinstance(data, int) and not isinstance(data, bool) and 0 < data <= MAX_ID
        if not (named or numbered):
            self.fail("invalid")
        return data  # type: ignore[no-any-return]

    def to_representation(self, value: Any) -> Any:
        """Return it unchanged."""
        return value


class TaskName(Text):
    """The name of a task; the schema lists those that are installed."""


class DriverName(Text):
    """The name of a driver, or the empty text; the schema lists those that any platform has."""


class OptionsObject(JSONObject):
    """How to run: driver, workers, deadline; the service reads them, the schema lists them."""


class Body(serializers.Serializer[Any]):
    """What a client sends: a field that is not declared, or that it may not set, is an error."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the declared fields' values."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = sorted(str(name) for name in data if name not in writable)
            if unknown:
                there = f"There is no such field to set; there are: {', '.join(sorted(writable))}."
                problem = serializers.ErrorDetail(there, code="unknown_field")
                raise serializers.ValidationError({name: [problem] for name in unknown})
        return dict(super().to_internal_value(data))


class Query(serializers.Serializer[Any]):
    """What may stand behind the question mark; a filter that is not declared is an error, an empty one is none."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the declared filters' values."""
        given = {name: value for name, value in data.items() if value != ""}
        unknown = sorted(str(name) for name in given if name not in self.fields)
        if unknown:
            there = f"There is no such filter; there are: {', '.join(sorted(self.fields))}."
            problem = serializers.ErrorDetail(
                there if self.fields else "There is no such filter.", code="unknown_filter"
            )
            raise serializers.ValidationError({name: [problem] for name in unknown})
        return dict(super().to_internal_value(given))

    def get_fields(self) -> dict[str, Any]:
        """Return the declared filters; a text may be empty, which is no filter."""
        found: dict[str, Any] = super().get_fields()
        for field in found.values():
            if type(field) is serializers.CharField:
                field.allow_blank = True
        return found


class PageQuery(Query):
    """Which part of a list, and where the class says so, what to look for and in which order.

    `searched`: columns of which `search` asks for a part, whatever its case. `ordered`: columns that `ordering` may
    name, by the names it calls them; each has an index, and the id always comes last, so that pages do not overlap.
    """

    searched: ClassVar[Sequence[str]] = ()
    ordered: ClassVar[Mapping[str, str]] = {}

    limit = serializers.IntegerField(min_value=1, required=False, help_text="Rows at most; never more than 200.")
    offset = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False, help_text="Rows to leave out.")
    skip = serializers.IntegerField(
        min_value=0, max_value=10_000_000, required=False, help_text="Another name of `offset`."
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the declared filters, with `search` and `ordering` where the list has them."""
        found = super().get_fields()
        if self.searched:
            part = f"Part of {' or '.join(name.rpartition('__')[2] for name in self.searched)}."
            found["search"] = serializers.CharField(max_length=255, required=False, allow_blank=True, help_text=part)
        if self.ordered:
            both = [sign + name for name in self.ordered for sign in ("", "-")]
            turned = "With a minus before it the other way round."
            found["ordering"] = serializers.ChoiceField(choices=both, required=False, help_text=turned)
        return found

    @classmethod
    def arrange(cls, rows: Any, query: Mapping[str, Any]) -> Any:
        """Return those of `rows` that a checked query looks for, in the order it asks for."""
        if cls.searched and (text := query.get("search")):
            wanted = [models.Q(**{f"{name}__icontains": text}) for name in cls.searched]
            rows = rows.filter(functools.reduce(operator.or_, wanted))
        if cls.ordered and (name := query.get("ordering")):
            sign = "-" if name.startswith("-") else ""
            rows = rows.order_by(sign + cls.ordered[name.lstrip("-")], f"{sign}pk")
        return rows


def list_query(*searched: str, ordered: Mapping[str, str] | None = None) -> type[PageQuery]:
    """Return the query of a list that is searched in these columns and ordered by its first one or by its id."""
    columns = {searched[0]: searched[0], "id": "pk"} if ordered is None else dict(ordered)
    return type("ListQuery", (PageQuery,), {"searched": searched, "ordered": columns, "__doc__": PageQuery.__doc__})


class Answer(serializers.Serializer[Any]):
    """What the API gives back where that is no row of a model."""


class RowAnswer(serializers.ModelSerializer[Any]):
    """A row of a model as the API gives it back."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: Timestamp,
    }
