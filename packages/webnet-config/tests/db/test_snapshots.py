"""Storing by the hundred."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import config

from webnet_config.captures import CaptureOutcome, capture
from webnet_config.models import Snapshot
from webnet_config.snapshots import store_batch
from webnet_config.tasks import BACKUP_CONFIG
from webnet_core.blobs import store as blobs
from webnet_core.blobs.models import Blob
from webnet_core.blobs.sweep import sweep
from webnet_core.jobs.collecting import collect
from webnet_core.jobs.models import HostResult, Shard
from webnet_core.plugins.items import CollectBatch, Collected, ErrorCategory, HostStatus, Outcome

pytestmark = pytest.mark.django_db


def test_the_first_content_is_stored_as_it_came(store, device):
    one = device()
    outcome = store({one: config()})[one]
    row = Snapshot.objects.get()
    assert blobs.get(row.raw) == config()
    assert row.first
    assert (outcome.status, outcome.changed, outcome.text) == (HostStatus.OK, False, "")
    assert outcome.message == f"First snapshot, {row.lines} lines."
    assert outcome.data == {"snapshot_id": row.pk, "changed": False}


def test_the_stored_mask_hides_what_raw_holds(store, device):
    store({device(): config()})
    row = Snapshot.objects.get()
    assert "$1$abcd$wxyz" in blobs.get(row.raw)
    assert "$1$abcd$wxyz" not in blobs.get(row.masked)


def test_the_same_content_adds_no_row_and_is_seen_later(store, device):
    one = device()
    store({one: config(minute=1)})
    before = Snapshot.objects.get()
    outcome = store({one: config(minute=2)})[one]
    after = Snapshot.objects.get()
    assert after.last_seen > before.last_seen
    assert after.valid_from == before.valid_from
    assert outcome.message.startswith("Unchanged since ")
    assert outcome.data == {"snapshot_id": before.pk, "changed": False}


def test_a_change_adds_exactly_one_row_and_says_how_much(store, device):
    one = device()
    store({one: config(minute=1)})
    outcome = store({one: config(minute=2, description="core\n mtu 9000")})[one]
    newest, first = Snapshot.objects.all()
    assert (newest.lines_added, newest.lines_removed) == (2, 1)
    assert outcome.message == "New snapshot +2 \N{MINUS SIGN}1."
    assert outcome.changed is True
    assert newest.valid_from > first.valid_from


def test_a_change_taken_back_is_a_third_row(store, device):
    one = device()
    for description in ("a", "b", "a"):
        store({one: config(description=description)})
    assert Snapshot.objects.count() == 3
    assert Blob.objects.count() == 4


def test_two_devices_with_one_text_share_its_blob(store, device):
    store({device("r1"): config("same"), device("r2"): config("same")})
    assert Snapshot.objects.count() == 2
    assert Snapshot.objects.values("raw").distinct().count() == 1


def test_a_customers_digests_say_nothing_to_another(store, device, customer):
    from webnet_core.access.models import Customer

    other = Customer.objects.create(name="Other")
    store({device("r1"): config("same")})
    store({device("r1", of=other): config("same")})
    assert Snapshot.objects.values("significant").distinct().count() == 2


def test_later_contents_are_stored_as_differences_and_come_back_whole(store, device):
    one = device()
    texts = [config(description=f"{number} " + "x" * 60) for number in range(5)]
    for text in texts:
        store({one: text})
    rows = list(Snapshot.objects.order_by("pk").select_related("raw__base"))
    assert [blobs.get(row.raw) for row in rows] == texts
    assert rows[0].raw.base is None
    assert {row.raw.base_id for row in rows[1:]} == {rows[0].raw_id}


def test_every_so_often_a_whole_one_is_stored(store, device, settings):
    settings.WEBNET = {**settings.WEBNET, "CONFIG": {"WHOLE_EVERY": 3}}
    one = device()
    for number in range(7):
        store({one: config(description=str(number))})
    rows = Snapshot.objects.order_by("pk").select_related("raw")
    assert [row.raw.base_id is None for row in rows] == [True, False, False, True, False, False, True]


def test_edited_volatile_patterns_make_no_change_of_the_same_text(store, device):
    one = device()
    store({one: config()})
    Snapshot.objects.update(significant="of other patterns")
    store({one: config()})
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("edit", [{}, {"description": "edited"}])
def test_the_number_of_queries_does_not_grow_with_the_batch(store, device, new_job, edit):
    def queries(devices) -> int:
        store({item: config(item.hostname) for item in devices})
        job = new_job()
        texts = {item: config(item.hostname, **edit) for item in devices}
        with CaptureQueriesContext(connection) as caught:
            store(texts, job=job)
        return len(caught)

    one = queries([device("single")])
    fifty = queries([device(f"r{number}") for number in range(50)])
    hundred = queries([device(f"s{number}") for number in range(100)])
    assert one == fifty <= 16  # six of them tell of what is new
    # SQLite takes 999 parameters a statement: a hundred blobs and a hundred snapshots each need a second one.
    assert hundred <= one + 2


def test_one_device_that_cannot_be_stored_fails_alone(device, new_job, ios):
    good, bad = device("good"), device("bad")
    job = new_job()
    shard = Shard.objects.create(job=job, number=1, start_before=timezone.now())
    rows = [
        HostResult.objects.create(job=job, shard=shard, device=item, device_name=item.hostname) for item in (good, bad)
    ]
    prepared = {row.pk: capture(ios, job.customer_id, config(row.device_name)) for row in rows}
    # What no column takes stands for whatever may be wrong with one of them.
    prepared[rows[1].pk] = replace(prepared[rows[1].pk], kind=None)
    outcomes = {pk: CaptureOutcome(status=HostStatus.OK, capture=item) for pk, item in prepared.items()}
    amended = collect(job, BACKUP_CONFIG, rows, outcomes)
    assert amended[rows[0].pk].status is HostStatus.OK
    assert amended[rows[1].pk].error is ErrorCategory.STORAGE
    assert amended[rows[1].pk].text == ""
    assert [row.device for row in Snapshot.objects.all()] == [good]


def test_a_failed_host_is_left_as_it_is(device, new_job):
    one, job = device(), new_job()
    failed = Outcome(status=HostStatus.FAILED, error=ErrorCategory.TIMEOUT, message="No answer.")
    batch = CollectBatch(
        job_id=job.pk,
        customer_id=job.customer_id,
        task="backup_config",
        params={},
        items=(Collected(device_id=one.pk, result_id=0, outcome=failed),),
    )
    store_batch(batch)
    assert batch.amended == {}
    assert not Snapshot.objects.exists()


def test_one_job_stores_at_most_one_snapshot_of_a_device(store, device):
    one = device()
    job = store({one: config(description="a")}).job
    with pytest.raises(IntegrityError), transaction.atomic():
        store({one: config(description="b")}, job=job)


def test_the_sweep_leaves_what_snapshots_need(store, device):
    one = device()
    store({one: config(description="a")})
    store({one: config(description="b")})
    Blob.objects.update(created_at=timezone.now() - timedelta(days=3))
    blobs.put(one.customer_id, ["referred to by nobody"])
    Blob.objects.update(created_at=timezone.now() - timedelta(days=3))
    assert sweep() == 1
    assert [blobs.get(row.raw) for row in Snapshot.objects.order_by("pk")] == [
        config(description="a"),
        config(description="b"),
    ]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=200), min_size=1, max_size=5))
def test_what_was_sent_comes_back_to_the_byte(store, device, customer, texts):
    with transaction.atomic():
        one = device(f"r{Snapshot.objects.count()}")
        for text in texts:
            store({one: text})
            newest = Snapshot.objects.filter(device=one).select_related("raw__base").first()
            if newest.last_seen == newest.valid_from:
                assert blobs.get(newest.raw) == text
        transaction.set_rollback(True)
