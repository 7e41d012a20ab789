"""Changing keys: every stored secret under the first key, and which keys are still needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connections, models, router
from django.db.models import Count
from django.db.models.functions import Substr

from webnet_core.crypto import PREFIX_LENGTH, configured_ids, encrypt, first_prefix, key_of
from webnet_core.exceptions import CredentialUnreadable
from webnet_core.fields import Ciphertext, SecretField

BATCH = 200
_TRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A stored secret that no configured key opens; it stays as it is."""

    model: str
    pk: Any
    column: str
    message: str


@dataclass(kw_only=True, slots=True)
class Rotation:
    """What a rotation has done so far: rows seen that were not under the first key, secrets re-encrypted, rows somebody
    changed each time they were tried, and secrets that cannot be read.
    """

    rows: int = 0
    rotated: int = 0
    busy: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyUse:
    """How many secrets name one key. `id` is empty for what names none; `position` is its place in ENCRYPTION_KEYS,
    None where it is not among them.
    """

    id: str
    position: int | None
    secrets: int
    columns: Sequence[str]


def secret_columns() -> dict[type[models.Model], tuple[str, ...]]:
    """Return the encrypted columns of every installed model that has a table of its own here."""
    found: dict[type[models.Model], tuple[str, ...]] = {}
    for model in apps.get_models(include_auto_created=True):
        names = tuple(one.attname for one in model._meta.local_concrete_fields if isinstance(one, SecretField))
        if names and model._meta.managed and not model._meta.proxy:
            found[model] = names
    return found


def rotate_keys(*, batch: int = BATCH, progress: Callable[[Rotation], None] | None = None) -> Rotation:
    """Encrypt with the first key whatever another one encrypted. Safe while jobs run and people edit.

    Each row is replaced only if it still holds what was read, so an edit always wins and nothing else of the row
    changes: no version, no time stamp, no session. Ended at any moment and started again, it goes on with the rest.

    Arguments:
        batch: rows read at a time.
        progress: called after each batch.

    Returns:
        The counts, and each secret that cannot be read; those are left alone.
    """
    done = Rotation()
    for model, columns in secret_columns().items():
        for rows in _batches(model, columns, batch):
            for row in rows:
                _rotate_row(model, columns, row, done)
            if progress is not None:
                progress(done)
    return done


def keys_in_use(using: str | None = None) -> list[KeyUse]:
    """Return which keys the stored secrets name, those of ENCRYPTION_KEYS first and in their order.

    Arguments:
        using: the database to look into; where the models' rows live if left out.
    """
    counts: Counter[str] = Counter()
    columns: dict[str, set[str]] = {}
    for model, names in secret_columns().items():
        alias = using or router.db_for_write(model)
        if model._meta.db_table not in connections[alias].introspection.table_names():
            continue
        for name in names:
            for key, count in _count(model, name, alias):
                counts[key] += count
                columns.setdefault(key, set()).add(f"{model._meta.label}.{name}")
    places = {key: place for place, key in enumerate(configured_ids())}
    uses = [
        KeyUse(id=key, position=places.get(key), secrets=count, columns=sorted(columns[key]))
        for key, count in counts.items()
    ]
    return sorted(uses, key=lambda use: (use.position is None, use.position or 0, use.id))


def missing_keys(using: str | None = None) -> list[KeyUse]:
    """Return the keys that stored secrets name and ENCRYPTION_KEYS does not hold."""
    return [use for use in keys_in_use(using) if use.position is None]


def _count(model: type[models.Model], column: str, alias: str) -> Iterator[tuple[str, int]]:
    prefix = Substr(column, 1, PREFIX_LENGTH, output_field=models.TextField())
    rows = _rows(model, alias).exclude(**{column: ""}).values_list(prefix).annotate(Count("pk"))
    for start, count in rows.order_by():
        yield key_of(start), count


def _batches(model: type[models.Model], columns: Sequence[str], size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield rows with a secret that is not under the first key, each once, in the order of their keys."""
    due = models.Q()
    for name in columns:
        due |= ~models.Q(**{name: ""}) & ~models.Q(**{f"{name}__startswith": Ciphertext(first_prefix())})
    rows = _rows(model).filter(due).order_by("pk").values("pk", *columns)
    found = list(rows[:size])
    while found:
        yield found
        found = list(rows.filter(pk__gt=found[-1]["pk"])[:size])


def _rows(model: type[models.Model], alias: str | None = None) -> models.QuerySet[Any]:
    return model._base_manager.using(alias or router.db_for_write(model))  # noqa: SLF001 - Django documents it


def _rotate_row(model: type[models.Model], columns: Sequence[str], row: Mapping[str, Any], done: Rotation) -> None:
    done.rows += 1
    current: Mapping[str, Any] | None = row
    for _ in range(_TRIES):
        if current is None:
            return  # deleted meanwhile
        opened, closed = _opened(columns, current)
        if not opened:
            break
        unchanged = {name: current[name] for name in opened}
        renewed = {name: Ciphertext(encrypt(text)) for name, text in opened.items()}
        if _rows(model).filter(pk=row["pk"], **unchanged).update(**renewed):
            done.rotated += len(renewed)
            break
        current = _rows(model).filter(pk=row["pk"]).values("pk", *columns).first()
    else:
        done.busy += 1
        return
    label = model._meta.label
    done.unreadable += [Unreadable(model=label, pk=row["pk"], column=name, message=why) for name, why in closed.items()]


def _opened(columns: Sequence[str], row: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the plain text of the columns that another key encrypted, and why the others cannot be read."""
    opened: dict[str, str] = {}
    closed: dict[str, str] = {}
    for name in columns:
        value: Ciphertext = row[name]
        if not value or str.startswith(value, first_prefix()):
            continue
        try:
            opened[name] = value.reveal()
        except CredentialUnreadable as error:
            closed[name] = error.message
    return opened, closed
