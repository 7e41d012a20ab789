"""The database itself keeps customers apart. The cases are made from the models: a model added later is among them."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import Migration
from django.test.utils import isolate_apps

from webnet_core.access.guard_triggers import install_guards, missing_guards, wanted_triggers
from webnet_core.access.ownership import Guarded, guarded_columns
from webnet_core.access.scope import owned_models
from webnet_core.access.validation import save_valid
from webnet_core.exceptions import InvalidInput
from webnet_core.inventory.models import Device, HostKey, Site
from webnet_core.jobs.models import HostResult, Job
from webnet_core.models import Customer
from webnet_core.secrets.models import Credential
from webnet_core.testing.tenancy import CustomerRows

COLUMNS = guarded_columns()
# Whoever has one of these is no customer's: a user, or the site.
NO_CUSTOMERS = {"ApiKey", "AuditChain", "Membership", "RefreshFamily"}


@pytest.fixture
def ours() -> CustomerRows:
    return CustomerRows("ours")


@pytest.fixture
def theirs() -> CustomerRows:
    return CustomerRows("theirs")


def refused(write: Any) -> None:
    with pytest.raises(IntegrityError, match="webnet"), transaction.atomic():
        write()


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(item, id=str(item)) for item in COLUMNS if item.kind == kind]


def test_every_model_that_leads_to_a_customer_says_so() -> None:
    leading = {
        model.__name__
        for app in apps.get_app_configs()
        if app.name.startswith("webnet_")
        for model in app.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.model in owned_models()
    }
    assert leading - {model.__name__ for model in owned_models()} == NO_CUSTOMERS & leading


@pytest.mark.parametrize("column", of_kind("refers"))
def test_a_row_that_refers_to_another_customers_is_refused(
    column: Guarded, ours: CustomerRows, theirs: CustomerRows
) -> None:
    manager, name, foreign = column.model._default_manager, column.field.name, theirs.row(column.target)
    own, made = ours.row(column.model), ours.make(column.model, **{name: foreign})
    refused(lambda: manager.bulk_create([made]))
    refused(lambda: made.save(force_insert=True))
    refused(lambda: manager.filter(pk=own.pk).update(**{name: foreign}))
    setattr(own, name, foreign)
    refused(lambda: manager.bulk_update([own], [name]))
    refused(own.save)


@pytest.mark.parametrize("column", of_kind("stays"))
def test_a_row_keeps_its_customer(column: Guarded, ours: CustomerRows, theirs: CustomerRows) -> None:
    elsewhere = theirs.row(column.field.remote_field.model)
    own = ours.row(column.model)
    refused(lambda: write_raw(column, own, elsewhere.pk))


@pytest.mark.parametrize("column", of_kind("keeps"))
def test_a_row_keeps_its_id(column: Guarded, ours: CustomerRows) -> None:
    other: Any = uuid.uuid4() if isinstance(column.field, models.UUIDField) else 900_001
    own = ours.row(column.model)
    refused(lambda: write_raw(column, own, other))


def write_raw(column: Guarded, row: models.Model, value: Any) -> None:
    quote, pk = connection.ops.quote_name, column.model._meta.pk
    table, changed = quote(column.model._meta.db_table), quote(column.field.column)
    statement = f"UPDATE {table} SET {changed} = %s WHERE {quote(pk.column)} = %s"
    given = [field.get_db_prep_value(item, connection) for field, item in ((column.field, value), (pk, row.pk))]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def test_what_stays_inside_a_customer_is_stored(ours: CustomerRows) -> None:
    rows = ours.build_all()
    assert all(model._default_manager.filter(pk=row.pk).exists() for model, row in rows.items())
    second = ours.make(Credential, name="second")
    second.save()
    assert Device.objects.filter(customer=ours.customer).update(credential=second, site=None) == 1
    twin = ours.make(Device, hostname="twin")
    twin.save()
    assert HostKey.objects.filter(device=rows[Device]).update(device=twin) == 1


def test_rows_that_would_meet_later_are_refused_at_once(ours: CustomerRows, theirs: CustomerRows) -> None:
    """A foreign key is looked after at the end of the transaction; by then it could lead to anybody's row."""
    device = ours.make(Device)
    device.credential_id = 900_001
    refused(lambda: device.save(force_insert=True))


def test_conflicts_that_are_to_be_ignored_do_not_let_a_foreign_row_in(ours: CustomerRows, theirs: CustomerRows) -> None:
    foreign = ours.make(Device, credential=theirs.row(Credential))
    refused(lambda: Device.objects.bulk_create([foreign], ignore_conflicts=True))
    own = ours.row(Device)
    same = ours.make(Device, hostname=own.hostname, credential=theirs.row(Credential))
    refused(
        lambda: Device.objects.bulk_create(
            [same],
            update_conflicts=True,
            update_fields=["credential"],
            unique_fields=["customer", "hostname"],
        )
    )


def test_a_service_hears_of_it_as_of_a_row_that_is_not_there(ours: CustomerRows, theirs: CustomerRows) -> None:
    made = ours.make(Device, credential=theirs.row(Credential))
    with pytest.raises(InvalidInput) as caught:
        save_valid(made)
    assert [(error.path, error.code) for error in caught.value.errors] == [("credential", "unknown_reference")]


def test_deleting_cascades_and_empties_as_before(ours: CustomerRows) -> None:
    ours.build_all()
    result = ours.row(HostResult)
    Job.objects.filter(pk=ours.row(Job).pk).update(retry_of=None)
    Device.objects.filter(pk=result.device_id).delete()
    result.refresh_from_db()
    assert result.device_id is None


@pytest.fixture
def altered() -> Iterator[models.Field[Any, Any]]:
    """A column of a guarded table as a migration would leave it; the table is put right again."""
    field = models.CharField(max_length=130)
    field.set_attributes_from_name("name")
    field.model = Site
    yield field
    _migrate(lambda editor: editor.alter_field(Site, field, Site._meta.get_field("name"), strict=False))


def _migrate(change: Any) -> list[str]:
    """Do as `manage.py migrate` does round a change of the schema; return what was unguarded just after it."""
    plan = [(Migration("altered", "webnet_core"), False)]
    emit_pre_migrate_signal(0, False, connection.alias, plan=plan)
    with connection.schema_editor() as editor:
        change(editor)
    unguarded = missing_guards()
    emit_post_migrate_signal(0, False, connection.alias, plan=plan)
    return unguarded


def test_a_migration_that_rebuilds_a_table_leaves_it_guarded(
    altered: Any, ours: CustomerRows, theirs: CustomerRows
) -> None:
    assert missing_guards() == []
    lost = _migrate(lambda editor: editor.alter_field(Site, Site._meta.get_field("name"), altered, strict=True))
    assert "webnet_core_device.site_id refers" in lost
    assert missing_guards() == []
    made = ours.make(Device, site=theirs.row(Site))
    refused(lambda: made.save(force_insert=True))


def test_a_table_that_goes_and_comes_back_is_guarded_again() -> None:
    call_command("migrate", "webnet_core", "zero", verbosity=0)
    assert not [name for name in connection.introspection.table_names() if name.startswith("webnet_core_")]
    assert missing_guards() == []
    call_command("migrate", verbosity=0)
    assert missing_guards() == []
    assert run_checks(tags=["database"], databases=[connection.alias]) == []


def test_installing_again_does_nothing_and_stale_triggers_go() -> None:
    assert install_guards() == []
    _drop_one()
    stale = next(iter(wanted_triggers("default").values()))
    statements = [text.replace(stale.name, "webnet_guard_0123456789ab_stale") for text in stale.statements]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    assert len(install_guards()) == 1
    assert install_guards() == []


def test_a_trigger_that_is_missing_is_reported_and_the_command_named_restores_it() -> None:
    gone = _drop_one()
    found = [message for message in run_checks(databases=["default"]) if message.id == "webnet.W005"]
    assert gone in found[0].msg
    told = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("webnet", "guards", stdout=told)
    assert f"MISSING: {gone}" in told.getvalue()
    call_command("webnet", *found[0].hint.split("webnet ")[1].split(), stdout=told)
    assert "The database keeps customers apart." in told.getvalue()
    assert missing_guards() == []


def _drop_one() -> str:
    trigger = next(item for item in wanted_triggers("default").values() if item.watches.kind == "stays")
    on = f" ON {trigger.table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger.name}{on}")
    return str(trigger.watches)


@pytest.fixture
def policies() -> Iterator[tuple[type[models.Model], type[models.Model]]]:
    """Two models as a package might add them: one with rows that all share, one with many of them and a nested path."""
    with isolate_apps("tests"):

        class Policy(models.Model):  # noqa: DJ008
            customer_path = "customer"
            customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
            base = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
            objects: ClassVar[models.Manager[Any]] = models.Manager()

            class Meta:
                app_label = "tests"

        class Check(models.Model):  # noqa: DJ008
            customer_path = "key__device__customer"
            key = models.ForeignKey(HostKey, models.CASCADE, related_name="+")
            policies = models.ManyToManyField(Policy, related_name="+")
            objects: ClassVar[models.Manager[Any]] = models.Manager()

            class Meta:
                app_label = "tests"

        with connection.schema_editor() as editor:
            editor.create_model(Policy)
            editor.create_model(Check)
        with connection.cursor() as cursor:
            for trigger in wanted_triggers("default", [Policy, Check]).values():
                for statement in trigger.statements:
                    cursor.execute(statement)
        yield Policy, Check
        for model in (Policy, Check):
            model.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.delete_model(Check)
            editor.delete_model(Policy)


def test_shared_rows_serve_all_and_refer_to_nobodys(policies: Any, ours: CustomerRows, theirs: CustomerRows) -> None:
    policy, _check = policies
    shared = policy.objects.create(customer=None)
    own, foreign = (policy.objects.create(customer=rows.customer, base=shared) for rows in (ours, theirs))
    policy.objects.create(customer=None, base=shared)
    refused(lambda: policy.objects.create(customer=None, base=own))
    refused(lambda: policy.objects.create(customer=ours.customer, base=foreign))
    refused(lambda: policy.objects.filter(pk=own.pk).update(customer=None))
    refused(lambda: policy.objects.filter(pk=shared.pk).update(customer=ours.customer))


def test_a_many_to_many_table_joins_rows_of_one_customer(
    policies: Any, ours: CustomerRows, theirs: CustomerRows
) -> None:
    policy, check = policies
    shared = policy.objects.create(customer=None)
    own, foreign = (policy.objects.create(customer=rows.customer) for rows in (ours, theirs))
    mine = check.objects.create(key=ours.row(HostKey))
    other = check.objects.create(key=theirs.row(HostKey))
    mine.policies.add(own, shared)
    refused(lambda: mine.policies.add(foreign))
    refused(lambda: other.policies.add(own))
    joined = check.policies.through.objects.filter(check_id=mine.pk)
    refused(lambda: joined.update(check=other))
    refused(lambda: check.objects.filter(pk=mine.pk).update(key=theirs.row(HostKey)))
    mine.delete()
