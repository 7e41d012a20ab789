"""Which columns decide whose a row is, and which must not lead to another customer's: read from the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import models

from webnet_core.access.scope import owned_models


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """One column that the database watches.

    `refers`: it leads to a row that must be of the same customer, or shared. `stays`: it decides whose the row is, and
    a row's customer never changes. `keeps`: it is the row's id, which others count on.
    """

    model: type[models.Model]
    field: models.Field[Any, Any]
    kind: Literal["refers", "stays", "keeps"]
    path: Sequence[models.Field[Any, Any]]

    @property
    def target(self) -> type[models.Model]:
        """The model that a `refers` column leads to."""
        found: type[models.Model] = self.field.remote_field.model  # type: ignore[union-attr]
        return found

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column} {self.kind}"


def guarded_columns(owned: Iterable[type[models.Model]] | None = None) -> list[Guarded]:
    """Return every column to watch, of all installed apps' customer-owned models or of those given.

    A model that sees to its rows itself says so with `guarded_elsewhere`.
    A many-to-many table belongs to the customer of the row that declares it.
    """
    found = list(owned_models() if owned is None else owned)
    return [item for model in found if not getattr(model, "guarded_elsewhere", False) for item in _of_model(model)]


def customer_path(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the columns from a row of `model` to the id of its customer; the last one holds it."""
    fields: list[models.Field[Any, Any]] = []
    current: Any = model
    for name in str(model.customer_path).split("__"):  # type: ignore[attr-defined]
        field: Any = current._meta.pk if name == "pk" else current._meta.get_field(name)
        while field.model is not current and field not in current._meta.local_fields:
            link = current._meta.get_ancestor_link(field.model)
            fields.append(link)
            current = link.remote_field.model
        fields.append(field)
        current = field.remote_field.model if field.remote_field else current
    return fields


def _of_model(model: type[models.Model]) -> Iterator[Guarded]:
    path = customer_path(model)
    pk: Any = model._meta.pk
    if pk is not path[0]:
        yield Guarded(model=model, field=path[0], kind="stays", path=path)
    yield Guarded(model=model, field=pk, kind="keeps", path=path)
    for field in model._meta.local_concrete_fields:
        if field is not path[0] and _leads_to_owned(field):
            yield Guarded(model=model, field=field, kind="refers", path=path)
    for many in model._meta.local_many_to_many:
        yield from _of_many(many, path)


def _of_many(many: Any, path: Sequence[models.Field[Any, Any]]) -> Iterator[Guarded]:
    through = many.remote_field.through
    if not through._meta.auto_created or not getattr(many.remote_field.model, "customer_path", ""):
        return  # a through model of its own says itself whose its rows are
    source, target = (
        through._meta.get_field(many.m2m_field_name()),
        through._meta.get_field(many.m2m_reverse_field_name()),
    )
    whole = [source, *path]
    yield Guarded(model=through, field=source, kind="stays", path=whole)
    yield Guarded(model=through, field=target, kind="refers", path=whole)


def _leads_to_owned(field: Any) -> bool:
    return isinstance(field, models.ForeignKey) and bool(getattr(field.remote_field.model, "customer_path", ""))
