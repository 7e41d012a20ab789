"""One row for everything somebody did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn, TypeVar

from django.conf import settings
from django.db import connections, models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from webnet_core.access.scope import ScopedManager, ScopedQuerySet
from webnet_core.exceptions import WebnetError

M = TypeVar("M", bound=models.Model, covariant=True)  # noqa: PLC0105 - the name Django's stubs use


class AppendOnly(WebnetError):
    """The audit is added to and never changed; record another act that sets things right."""


class AppendOnlyQuerySet(ScopedQuerySet[M]):
    """Rows that may be read and added to."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnly: always.
        """
        raise AppendOnly

    def delete(self) -> NoReturn:
        """See `update`."""
        raise AppendOnly

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """See `update`."""
        raise AppendOnly

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[M]:
        """Add rows.

        Raises:
            AppendOnly: rows that exist were to be changed on the way.
        """
        if kwargs.get("update_conflicts"):
            raise AppendOnly
        return super().bulk_create(objs, *args, **kwargs)

    def write_seals(self, rows: Sequence[AuditEvent]) -> None:
        """Store `seal_number` and `seal` of rows that had none."""
        # One statement run many times: bulk_update builds a CASE of all rows, and SQLite is locked for as long.
        table = connections[self.db].ops.quote_name(self.model._meta.db_table)
        statement = f"UPDATE {table} SET seal_number = %s, seal = %s WHERE id = %s AND seal_number IS NULL"  # noqa: S608
        with connections[self.db].cursor() as cursor:
            cursor.executemany(statement, [(row.seal_number, row.seal, row.pk) for row in rows])


class AppendOnlyManager(ScopedManager[M]):
    """Manager of rows that are added, never changed."""

    def get_queryset(self) -> AppendOnlyQuerySet[M]:
        return AppendOnlyQuerySet(self.model, using=self._db)

    def for_user(self, user: Any, action: str = "view") -> AppendOnlyQuerySet[M]:
        """See `ScopedQuerySet.for_user`."""
        return self.get_queryset().for_user(user, action)


# What every door shows of an event, in this order.
SHOWN = (
    "id",
    "ts",
    "customer_id",
    "user_key",
    "username",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "data",
    "request_id",
    "address",
    "door",
    "seal_number",
    "seal",
)


class AuditEvent(models.Model):
    """Who did what to what, when and from where. Rows are added, never changed.

    `user_key` is the user's id as text: it and `username` stay when the user goes. `door` is how they came in:
    ``session``, ``token``, ``key <prefix>``, ``admin``, ``command <who>``, ``job <id>``, ``schedule <id>``.
    `seal_number` and `seal` are set once, by `audit.seal`.
    """

    customer_path = "customer"
    # Triggers of its own refuse every change (audit.guard); those that keep customers apart would say it again.
    guarded_elsewhere = True

    ts = models.DateTimeField(default=timezone.now, db_index=True)
    # What a customer did outlives it: the number stays, so no constraint of the database stands behind it.
    customer = models.ForeignKey(
        "webnet_core.Customer", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    user_key = models.CharField(max_length=64, blank=True)
    username = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    door = models.CharField(max_length=80, blank=True)
    seal_number = models.PositiveBigIntegerField(null=True, editable=False)
    seal = models.CharField(max_length=64, blank=True, editable=False)

    objects: ClassVar[AppendOnlyManager[AuditEvent]] = AppendOnlyManager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("object_type", "object_id"), name="webnet_audit_object"),
            models.Index(fields=("customer", "-id"), name="webnet_audit_customer"),
            models.Index(fields=("id",), condition=models.Q(seal_number__isnull=True), name="webnet_audit_unsealed"),
        )
        constraints = (
            models.UniqueConstraint(fields=("customer", "seal_number"), name="webnet_audit_seal"),
            models.UniqueConstraint(
                fields=("seal_number",), condition=models.Q(customer__isnull=True), name="webnet_audit_site_seal"
            ),
        )

    def __str__(self) -> str:
        return f"{self.username or 'system'} {self.action} {self.object_label}".strip()

    def save(self, **kwargs: Any) -> None:
        """Add the row.

        Raises:
            AppendOnly: it is stored already.
        """
        if not self._state.adding:
            raise AppendOnly
        super().save(**{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            AppendOnly: always.
        """
        raise AppendOnly


class AuditChain(models.Model):
    """How far the audit of one customer is sealed; without a customer, that of the whole site's own acts."""

    customer = models.ForeignKey(
        "webnet_core.Customer", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(Coalesce("customer", Value(0)), name="webnet_audit_one_chain"),)

    def __str__(self) -> str:
        return f"{self.length} rows of customer {self.customer_id}"
