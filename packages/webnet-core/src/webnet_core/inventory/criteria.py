"""What devices can be narrowed by: one shape for targets and for dynamic groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Q
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from webnet_core.exceptions import FieldError, InvalidInput
from webnet_core.inventory.models import Device
from webnet_core.plugins.registry import registry
from webnet_core.storable import find_unstorable

C = TypeVar("C", bound=BaseModel)

FILTERS = ("site", "role", "platform", "vendor", "hostname", "tag")
LONGEST_ID = 18
_TAGGED = Device.tags.through


class Criteria(BaseModel):
    """Filters joined by AND, or explicitly all devices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    site: str | StrictInt | None = None
    role: str | None = None
    platform: str | None = None
    vendor: str | None = None
    hostname: str | None = None
    tag: str | list[str] | None = Field(default=None, max_length=20)
    all: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Criteria:
        given = {name for name in self.model_fields_set if getattr(self, name) is not None}
        if not given or (given == {"all"} and not self.all):
            raise ValueError(f'Nothing was named: give {" or ".join(self.names())}, or {{"all": true}}.')
        for name in given:
            values = getattr(self, name)
            for value in values if isinstance(values, list) else [values]:
                if value == "":
                    raise ValueError(f"{name} is empty: leave it out, or name a value.")
                if find_unstorable(value) is not None:
                    raise ValueError(f"{name} holds a character that no name of anything here has.")
        if self.tag == []:
            raise ValueError("tag is empty: leave it out, or name a tag.")
        return self

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return what may be named besides all."""
        return FILTERS


def parse_as(shape: type[C], given: Any, path: str) -> C:
    """Read `given` as `shape`.

    Arguments:
        path: where it stood, for the errors.

    Raises:
        InvalidInput: with one error for each thing that is wrong.
    """
    if not isinstance(given, Mapping):
        raise InvalidInput.at(path, "This is an object.", "type")
    try:
        return shape.model_validate(dict(given))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidInput(errors=[_field_error(item, path, sorted(shape.model_fields)) for item in found]) from error


def matching(wanted: Criteria) -> Q:
    """Return the condition for the devices that match every filter."""
    found = Q()
    if wanted.site is not None:
        found &= at_site(wanted.site)
    if wanted.vendor is not None:
        found &= Q(platform__in=platforms_of(wanted.vendor))
    for name in ("role", "platform", "hostname"):
        if (value := getattr(wanted, name)) is not None:
            found &= Q(**{name: value})
    for tag in [wanted.tag] if isinstance(wanted.tag, str) else wanted.tag or ():
        found &= tagged(tag)
    return found


def tagged(tag: str) -> Q:
    """Return the condition for devices with a tag: ``env`` with whatever value, ``env=lab`` with that one."""
    name, equals, value = tag.partition("=")
    rows = _TAGGED.objects.filter(tag__name=name)
    return Q(pk__in=(rows.filter(tag__value=value) if equals else rows).values("device_id"))


def platforms_of(vendor: str) -> list[str]:
    """Return the platforms of a vendor, named in any case."""
    return [item.slug for item in registry("platforms").values() if item.vendor.casefold() == vendor.casefold()]


def possible_ids(ids: Iterable[int]) -> list[int]:
    """Return those of `ids` that a column can hold."""
    return [value for value in ids if 0 < value < 2**63]


def as_id(text: str) -> int | None:
    """Return the id that `text` may be; None where it is a name only."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= LONGEST_ID else None


def at_site(site: str | int) -> Q:
    """Return the condition for devices at a site; a text is its name or its id, a number its id."""
    if isinstance(site, int):
        return Q(site_id__in=possible_ids([site]))
    number = as_id(site)
    return Q(site__name=site) if number is None else Q(site__name=site) | Q(site_id=number)


def _field_error(item: Mapping[str, Any], path: str, names: Iterable[str]) -> FieldError:
    where = ".".join((path, *map(str, item["loc"])))
    message = item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        message = f"There is no such filter; there are: {', '.join(names)}."
    return FieldError(path=where, message=message, code=item["type"])
