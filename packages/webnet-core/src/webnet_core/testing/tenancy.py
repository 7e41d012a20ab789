"""One row of every customer-owned model for a customer, made up from the models: for tests that customers stay apart.

A model that a package or plugin adds is covered without a word; one whose row cannot be made up says so by name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import zstandard
from django.contrib.auth import get_user_model
from django.db import Error, models
from django.utils import timezone

from webnet_core.access.models import Customer
from webnet_core.access.scope import owned_models
from webnet_core.blobs.store import digest
from webnet_core.exceptions import WebnetError
from webnet_core.testing.factories import make_user

Values = Mapping[str, Any] | Callable[["CustomerRows"], Mapping[str, Any]]


class CannotBuild(WebnetError):
    """A row of this model cannot be made up; give the values it needs to `CustomerRows`."""


class CustomerRows:
    """Builds one row of each model for one customer; every text that is free holds `mark`.

    Arguments:
        mark: lower-case letters and digits, at most 10, which no other text has.
        first_id: whole-number ids count up from here, in the order in which rows are built; the database's own
            where left out.
        values: by model label in lower case (``acme.thing``), values of columns that cannot be made up; a function
            gets this object.
    """

    def __init__(self, mark: str, *, first_id: int | None = None, values: Mapping[str, Values] | None = None) -> None:
        self.mark = mark
        self.values = {**VALUES, **(values or {})}
        self.rows: dict[type[models.Model], Any] = {}
        self._next_id = first_id
        self._user: Any = None

    @property
    def customer(self) -> Customer:
        """The customer."""
        found: Customer = self.row(Customer)
        return found

    @property
    def user(self) -> Any:
        """A user of the customer, for columns that name one."""
        if self._user is None:
            self._user = make_user(f"{self.mark}-user", role="admin", customer=self.customer)
        return self._user

    def build_all(self) -> Mapping[type[models.Model], Any]:
        """Store one row of every customer-owned model there is.

        Raises:
            CannotBuild: a column of one has a type or a rule that is not known here.
        """
        for model in owned_models():
            self.row(model)
        return self.rows

    def row(self, model: type[models.Model]) -> Any:
        """Return the customer's row of `model`, stored now if it was not before.

        Raises:
            CannotBuild: as `build_all`, or the database refuses the row.
        """
        if model not in self.rows:
            made = self.make(model)
            try:
                made.save(force_insert=True)
            except Error as error:
                raise CannotBuild(f"{model._meta.label}: {error}", model=model) from error
            self.rows[model] = made
        return self.rows[model]

    def make(self, model: type[models.Model], **changes: Any) -> Any:
        """Return a new row of `model`, not stored yet, whose relations lead to this customer's rows.

        Raises:
            CannotBuild: a column has a type that is not known here.
        """
        given = self.values.get(model._meta.label_lower, {})
        fixed = {**(given(self) if callable(given) else given), **changes}
        made = {
            field.name: self._value(field)
            for field in model._meta.concrete_fields
            if field.name not in fixed and not isinstance(field, models.AutoField)
        }
        row = model(**made, **fixed)
        if self._next_id is not None and isinstance(model._meta.pk, models.AutoField):
            row.pk, self._next_id = self._next_id, self._next_id + 1
        return row

    def text(self, field: Any) -> str:
        """Return a text for a column that holds the mark."""
        whole = f"{self.mark}-{field.model._meta.model_name}-{field.name}".replace("_", "-")
        return whole[: field.max_length] if field.max_length else whole

    def _value(self, field: Any) -> Any:
        if field.is_relation:
            return self._related(field)
        if field.has_default() and field.get_default() not in ({}, []):
            return field.get_default()
        if field.choices:
            return field.choices[0][0]
        for kind, make in _MAKERS:
            if isinstance(field, kind):
                return make(self, field)
        if field.null:
            return None
        raise CannotBuild(f"{field.model._meta.label}.{field.name} is a {type(field).__name__}.", field=field)

    def _related(self, field: Any) -> Any:
        target = field.remote_field.model
        if target is get_user_model():
            return self.user
        if target is field.model:
            return None
        owned = bool(getattr(target, "customer_path", ""))
        return self.row(target) if owned or not field.null else None


def _json(rows: CustomerRows, field: Any) -> Any:
    empty = field.get_default()
    return [rows.text(field)] if isinstance(empty, list) else {"note": rows.text(field)}


# The first that fits; a subclass stands before its base.
_MAKERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[CustomerRows, Any], Any]], ...] = (
    (models.JSONField, _json),
    (models.UUIDField, lambda _rows, _field: uuid.uuid4()),
    (models.GenericIPAddressField, lambda _rows, _field: "192.0.2.7"),
    (models.CharField, CustomerRows.text),
    (models.TextField, CustomerRows.text),
    (models.BinaryField, lambda rows, field: rows.text(field).encode()),
    (models.BooleanField, lambda _rows, _field: True),
    (models.DateTimeField, lambda _rows, _field: timezone.now()),
    (models.DateField, lambda _rows, _field: timezone.localdate()),
    (models.DurationField, lambda _rows, _field: timedelta(minutes=1)),
    (models.FloatField, lambda _rows, _field: 1.0),
    (models.IntegerField, lambda _rows, _field: 1),
)


def _device(rows: CustomerRows) -> Mapping[str, Any]:
    return {"platform": "cisco_ios", "driver": "", "mgmt_ip": f"{rows.mark}.example.org", "connection_options": {}}


def _job(rows: CustomerRows) -> Mapping[str, Any]:
    # Finished, so that a copy of it can be asked for.
    device_id = rows.row(_model("Device")).pk
    return {"type": "get_facts", "status": "partial", "total": 1, "failed": 1, "targets": {"device_ids": [device_id]}}


def _schedule(rows: CustomerRows) -> Mapping[str, Any]:
    # A job names its schedule, so the schedule cannot wait for a job.
    targets = {"device_ids": [rows.row(_model("Device")).pk]}
    return {
        "task": "get_facts",
        "targets": targets,
        "params": {},
        "options": {},
        "cron": "30 2 * * *",
        "interval": None,
        "time_zone": "UTC",
        "paused": False,
        "last_job": None,
        "next_due": timezone.now() + timedelta(days=1),
    }


def _blob(rows: CustomerRows) -> Mapping[str, Any]:
    text = f"hostname {rows.mark}-output"
    data = zstandard.ZstdCompressor().compress(text.encode())
    return {"digest": digest(rows.customer.pk, text), "codec": "zstd", "size": len(text), "data": data}


def _selection(rows: CustomerRows) -> Mapping[str, Any]:
    device_ids = [rows.row(_model("Device")).pk]
    return {"device_ids": device_ids, "expires_at": timezone.now() + timedelta(days=1)}


def _model(name: str) -> type[models.Model]:
    return next(model for model in owned_models() if model.__name__ == name)


_TO_ALL: Mapping[str, Any] = {
    "user": None,
    "events": [],
    "tasks": [],
    "sites": [],
    "groups": [],
    "channel": "email",
    "target": "noc@example.org",
}
VALUES: Mapping[str, Values] = {
    "webnet_core.delivery": {"state": "dead", "channel": "webhook", "severity": "info", "claim": None},
    "webnet_core.notificationrule": _TO_ALL,
    "webnet_core.webhook": {"url": "https://127.0.0.1/hook", "events": ["job.finished"]},
    "webnet_core.blob": _blob,
    "webnet_core.dataschema": {"schema": {"type": "object"}},
    "webnet_core.device": _device,
    "webnet_core.devicegroup": {"filter": None},
    "webnet_core.hostresult": {"status": "failed", "phase": "", "error_category": "timeout", "driver": ""},
    "webnet_core.importbatch": {
        "counts": dict.fromkeys(("new", "update", "unchanged", "skip", "error", "errors", "receiving"), 0)
    },
    "webnet_core.iprange": {"cidr": "192.0.2.0/24"},
    "webnet_core.job": _job,
    "webnet_core.schedule": _schedule,
    "webnet_core.selection": _selection,
    "webnet_core.shard": {"state": "done"},
    "webnet_core.site": {"time_zone": "UTC"},
    "webnet_core.tag": {"colour": ""},
}
