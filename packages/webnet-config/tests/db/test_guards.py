"""The database keeps stored configurations inside their customer. The cases are made from this package's models."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from webnet_core.access.guard_triggers import missing_guards
from webnet_core.access.ownership import guarded_columns
from webnet_core.testing.tenancy import CustomerRows

OURS = [item for item in guarded_columns() if item.model._meta.app_label == "webnet_config"]
REFERRING = [pytest.param(item, id=str(item)) for item in OURS if item.kind == "refers"]

pytestmark = pytest.mark.django_db


def refused(write):
    with pytest.raises(IntegrityError, match="webnet guard"), transaction.atomic():
        write()


def test_every_guard_is_there():
    assert REFERRING
    assert missing_guards() == []


@pytest.mark.parametrize("column", REFERRING)
def test_a_row_that_refers_to_another_customers_is_refused(column):
    ours, theirs = CustomerRows("ours"), CustomerRows("theirs")
    manager, name, foreign = column.model._default_manager, column.field.name, theirs.row(column.target)
    own, made = ours.row(column.model), ours.make(column.model, **{name: foreign})
    refused(lambda: manager.bulk_create([made]))
    refused(lambda: manager.filter(pk=own.pk).update(**{name: foreign}))
