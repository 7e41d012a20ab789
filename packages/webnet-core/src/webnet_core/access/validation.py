"""Saving and deleting rows so that whatever is wrong comes back as an error of webnet, for every caller alike."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import Error, IntegrityError, models, transaction
from django.db.models import ProtectedError, RestrictedError

from webnet_core.access.guard_triggers import refusal
from webnet_core.exceptions import Conflict, FieldError, InvalidInput

_NAMED = 5
# A foreign key, a unique key, a serialization failure, a deadlock.
_OVERTAKEN_STATES = frozenset({"23503", "23505", "40001", "40P01"})
_OVERTAKEN_WORDS = ("FOREIGN KEY constraint failed", "UNIQUE constraint failed")


class Overtaken(Conflict):
    """What this needs was changed or removed by somebody else just now; look again, then repeat it."""


def was_overtaken(error: Error) -> bool:
    """Say whether the database refused a write because somebody else's came first."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _OVERTAKEN_STATES or str(error).startswith(_OVERTAKEN_WORDS)


def save_valid(obj: models.Model) -> None:
    """Validate the row by its model and store it.

    Raises:
        InvalidInput: a field is wrong, a name is taken, or the row would refer to another customer's.
        Conflict: somebody else stored the same name at the same moment.
    """
    try:
        obj.full_clean()
    except ValidationError as error:
        raise InvalidInput(errors=list(_field_errors(error))) from error
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError as error:
        if refused := refusal(error):
            raise refused from error
        raise Conflict(f"{obj._meta.verbose_name} {obj} was stored by somebody else just now; look again.") from error


def column_errors(obj: models.Model, exclude: Collection[str] = ()) -> list[FieldError]:
    """Return what the row's own columns do not take, without a query: names that are taken, and rows that it refers to,
    are for the caller to look at.

    Arguments:
        exclude: names of fields to leave out.
    """
    related = {field.name for field in obj._meta.concrete_fields if field.is_relation}
    try:
        obj.clean_fields(exclude={*related, *exclude})
    except ValidationError as error:
        return list(_field_errors(error))
    return []


def refuse_unknown(values: Mapping[str, object], known: tuple[str, ...]) -> None:
    """Go on only if every key of `values` may be set.

    Raises:
        InvalidInput: one error for each key that may not.
    """
    unknown = sorted(set(values) - set(known))
    if unknown:
        message = f"There is no such field to set; there are: {', '.join(sorted(known))}."
        raise InvalidInput(errors=[FieldError(path=name, message=message, code="unknown_field") for name in unknown])


def delete_unused(obj: models.Model) -> None:
    """Delete the row unless something needs it.

    Raises:
        Conflict: something does; `used_by` names what.
    """
    try:
        with transaction.atomic():
            obj.delete()
    except ProtectedError as error:
        raise in_use(obj, sorted(error.protected_objects, key=str)) from error
    except RestrictedError as error:
        raise in_use(obj, sorted(error.restricted_objects, key=str)) from error


def in_use(obj: models.Model, users: Sequence[models.Model], count: int | None = None) -> Conflict:
    """Return the error that names what needs an object.

    Arguments:
        users: what needs it, or the first of them.
        count: how many there are, where not all of them stand in `users`.
    """
    total = len(users) if count is None else count
    named = ", ".join(f"{item._meta.verbose_name} {item}" for item in users[:_NAMED])
    more = f" and {total - _NAMED} more" if total > _NAMED else ""
    used_by = [{"type": item._meta.label_lower, "id": item.pk, "name": str(item)} for item in users[:_NAMED]]
    message = f"{str(obj._meta.verbose_name).capitalize()} {obj} is used by {named}{more}."
    return Conflict(message, used_by=used_by, count=total)


def _field_errors(error: ValidationError) -> Iterator[FieldError]:
    for name, problems in error.error_dict.items():
        for problem in problems:
            unique = problem.code in {"unique", "unique_together"}
            if unique:
                checked = (problem.params or {}).get("unique_check") or (name,)
                path = str(checked[-1])
                yield FieldError(path=path, message=f"There is one with this {path} already.", code="unique")
                continue
            path = "" if name == NON_FIELD_ERRORS else name
            for message in problem.messages:
                yield FieldError(path=path, message=message, code=problem.code or "invalid")
