"""Audit rows are never changed, and where somebody changes them all the same, verifying says which."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.audit.guard import install_guard, missing_guards
from webnet_core.audit.models import AppendOnly, AuditChain, AuditEvent
from webnet_core.audit.record import origin, record
from webnet_core.audit.seal import BATCH, seal_waiting
from webnet_core.audit.verify import verify_chain
from webnet_core.jobs.tick import tick
from webnet_core.testing.factories import make_customer, make_user

TABLE = AuditEvent._meta.db_table


@pytest.fixture
def written(customer: Customer) -> list[AuditEvent]:
    """Six sealed rows of the customer."""
    rows = write(customer, 6)
    assert seal_waiting() == 6
    return rows


@pytest.fixture
def unguarded() -> Iterator[None]:
    """A database whose triggers somebody with all rights took away."""
    with connection.cursor() as cursor:
        table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        for name in ("append_only", "sealed_once", "user_gone"):
            cursor.execute(f"DROP TRIGGER IF EXISTS webnet_audit_{name}{table}")
    yield
    install_guard()
    assert missing_guards() == []


def write(customer: Customer | None, number: int) -> list[AuditEvent]:
    pk = customer.pk if customer else None
    return [record(None, "test.act", customer_id=pk, data={"n": n, "half": n / 2}) for n in range(number)]


def sql(statement: str, *arguments: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{table}", TABLE), arguments)


def broken(customer: Customer | None) -> tuple[str, int | None] | None:
    found = verify_chain(customer.pk if customer else None).broken
    return None if found is None else (found.kind, found.number)


# ------------------------------------------------------------------------------------------------------------ appending


def test_a_stored_row_cannot_be_saved_updated_or_deleted(written: list[AuditEvent]) -> None:
    row = AuditEvent.objects.get(pk=written[0].pk)
    row.action = "test.other"
    attempts: list[Callable[[], Any]] = [
        row.save,
        row.delete,
        lambda: AuditEvent.objects.update(action="x"),
        lambda: AuditEvent.objects.filter(pk=row.pk).update(action="x"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditEvent.objects.bulk_update([row], ["action"]),
        lambda: AuditEvent.objects.update_or_create(pk=row.pk, defaults={"action": "x"}),
        lambda: AuditEvent.objects.bulk_create(
            [row], update_conflicts=True, update_fields=["action"], unique_fields=["id"]
        ),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly):
            attempt()
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {"test.act"}


def test_a_new_row_under_a_taken_id_does_not_replace_the_old_one(written: list[AuditEvent]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent(pk=written[0].pk, action="test.other").save()
    assert AuditEvent.objects.get(pk=written[0].pk).action == "test.act"


@pytest.mark.parametrize(
    "change",
    ["action = 'x'", "username = 'x'", "ts = CURRENT_TIMESTAMP", "seal = 'x'", "seal_number = NULL", "id = 99"],
)
def test_the_database_itself_refuses_a_change(written: list[AuditEvent], change: str) -> None:
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql(f"UPDATE {TABLE} SET {change} WHERE id = %s", written[0].pk)


def test_the_user_may_go_but_not_be_exchanged(customer: Customer) -> None:
    ada, bob = make_user("ada", customer=customer), make_user("bob", customer=customer)
    row = record(ada, "test.act", customer_id=customer.pk)
    seal_waiting()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        sql("UPDATE {table} SET user_id = %s", bob.pk)
    key = str(ada.pk)
    ada.delete()
    row = AuditEvent.objects.get(pk=row.pk)
    assert (row.user_id, row.user_key, row.username) == (None, key, "ada")
    assert broken(customer) is None


def test_what_a_customer_did_outlives_it(customer: Customer, written: list[AuditEvent]) -> None:
    number = customer.pk
    customer.delete()
    assert AuditEvent.objects.filter(customer_id=number).count() == 6
    assert verify_chain(number).whole


# -------------------------------------------------------------------------------------------------------------- sealing


def test_the_tick_seals_a_chain_for_each_customer_and_one_for_no_customer(customer: Customer) -> None:
    other = make_customer("Other")
    write(customer, 3), write(None, 2), write(other, 1)
    assert tick()["audit.seal"] == 6
    assert tick()["audit.seal"] == 0
    assert {chain.customer_id: chain.length for chain in AuditChain.objects.all()} == {
        customer.pk: 3,
        other.pk: 1,
        None: 2,
    }
    for owner in (customer, other, None):
        report = verify_chain(owner.pk if owner else None)
        assert (report.whole, report.unsealed, report.late) == (True, 0, [])


def test_what_is_not_sealed_yet_is_told(customer: Customer, written: list[AuditEvent]) -> None:
    write(customer, 2)
    report = verify_chain(customer.pk)
    assert (report.whole, report.length, report.unsealed) == (True, 6, 2)


def test_rows_of_several_batches_are_sealed_at_once(customer: Customer) -> None:
    count = 3 * BATCH + 1
    AuditEvent.objects.bulk_create(
        (AuditEvent(customer=customer, action="test.act", data={"n": n}) for n in range(count)), batch_size=500
    )
    assert seal_waiting() == count
    report = verify_chain(customer.pk)
    assert (report.whole, report.length, report.unsealed) == (True, count, 0)


def test_what_was_recorded_reads_back_as_it_was_sealed(customer: Customer) -> None:
    data = {
        "text": "Zürich \u2028 \x1b[31m \ufffd",
        "numbers": [1, 1.0, 1e22, 0.1, -0.0, 1e-7, 2**70],
        "z": None,
        "a": {"b": [True]},
    }
    with origin(request_id="r-1", address="192.0.2.1", door="session"):
        record(make_user("ada", customer=customer), "test.act", customer, customer_id=customer.pk, data=data)
    seal_waiting()
    assert broken(customer) is None


def test_several_threads_that_seal_at_once_make_one_chain(customer: Customer) -> None:
    write(customer, 300)
    failed: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(3):
                seal_waiting()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    seal_waiting()
    report = verify_chain(customer.pk)
    assert (report.whole, report.length, report.unsealed) == (True, 300, 0)


def test_several_processes_that_seal_and_write_at_once_make_one_chain(customer: Customer) -> None:
    write(customer, 200)

    def work() -> int:
        done = 0
        for _ in range(5):
            write(customer, 5)
            done += seal_waiting()
        return done

    done = sum(run_forked([work] * 3)) + seal_waiting()
    assert done == 275
    report = verify_chain(customer.pk)
    assert (report.whole, report.length, report.unsealed) == (True, 275, 0)


# ----------------------------------------------------------------------------------------------------------- tampering


@pytest.mark.parametrize(
    "change",
    [
        "action = 'test.other'",
        "username = 'somebody'",
        "user_key = '7'",
        "data = '{\"n\": 7}'",
        "ts = '2001-01-01 00:00:00+00'",
        "object_id = 7",
        "object_label = 'x'",
        "object_type = 'x'",
        "request_id = 'x'",
        "address = 'x'",
        "door = 'x'",
        "seal = 'x'",
        "id = 12345",
    ],
)
def test_a_changed_row_is_named(customer: Customer, written: list[AuditEvent], unguarded: None, change: str) -> None:
    sql(f"UPDATE {TABLE} SET {change} WHERE id = %s", written[3].pk)
    assert broken(customer) == ("changed", 4)


def test_a_changed_row_with_a_seal_that_fits_it_breaks_at_the_next_one(
    customer: Customer, written: list[AuditEvent], unguarded: None
) -> None:
    from webnet_core.audit.canonical import seal_of

    row = AuditEvent.objects.get(pk=written[3].pk)
    row.username = "somebody"
    forged = seal_of(row, 4, AuditEvent.objects.get(pk=written[2].pk).seal)
    sql("UPDATE {table} SET username = 'somebody', seal = %s WHERE id = %s", forged, row.pk)
    assert broken(customer) == ("changed", 5)


def test_a_row_given_to_another_customer_is_missed(
    customer: Customer, written: list[AuditEvent], unguarded: None
) -> None:
    sql("UPDATE {table} SET customer_id = %s WHERE id = %s", make_customer("Other").pk, written[3].pk)
    assert broken(customer) == ("missing", 4)


@pytest.mark.parametrize("place", [0, 3])
def test_a_row_deleted_in_the_middle_is_named(customer: Customer, written: list[AuditEvent], place: int) -> None:
    sql("DELETE FROM {table} WHERE id = %s", written[place].pk)
    assert broken(customer) == ("missing", place + 1)


def test_a_deleted_end_is_seen(customer: Customer, written: list[AuditEvent]) -> None:
    sql("DELETE FROM {table} WHERE id >= %s", written[4].pk)
    assert broken(customer) == ("truncated", 5)


def test_everything_deleted_is_seen(customer: Customer, written: list[AuditEvent]) -> None:
    sql("DELETE FROM {table}")
    assert broken(customer) == ("truncated", 1)


def test_swapped_rows_are_seen(customer: Customer, written: list[AuditEvent], unguarded: None) -> None:
    first, second = written[1].pk, written[2].pk
    sql("UPDATE {table} SET seal_number = 99 WHERE id = %s", first)
    sql("UPDATE {table} SET seal_number = 2 WHERE id = %s", second)
    sql("UPDATE {table} SET seal_number = 3 WHERE id = %s", first)
    assert broken(customer) == ("changed", 2)


def test_a_row_sealed_by_hand_beyond_the_end_is_seen(customer: Customer, written: list[AuditEvent]) -> None:
    AuditEvent.objects.create(customer=customer, action="test.act", seal_number=7, seal="x" * 64)
    assert broken(customer) == ("inserted", 7)


def test_a_row_put_under_an_old_id_and_number_is_seen(
    customer: Customer, written: list[AuditEvent], unguarded: None
) -> None:
    """Somebody deletes a row and puts another in its place, under its id and number and with its seal."""
    row = AuditEvent.objects.get(pk=written[2].pk)
    sql("DELETE FROM {table} WHERE id = %s", row.pk)
    AuditEvent.objects.create(
        pk=row.pk, ts=row.ts, customer=customer, action="test.other", seal_number=3, seal=row.seal
    )
    assert broken(customer) == ("changed", 3)


def test_a_row_slipped_in_with_an_old_id_and_date_is_shown_as_late(customer: Customer) -> None:
    first = write(customer, 1)[0]
    record(None, "test.other")  # its id is another chain's, and free for a forger once it is gone
    hole = AuditEvent.objects.latest("pk").pk
    sql("DELETE FROM {table} WHERE id = %s", hole)
    write(customer, 2)
    seal_waiting()
    AuditEvent.objects.create(pk=hole, ts=first.ts - timedelta(days=1), customer=customer, action="test.forged")
    seal_waiting()
    report = verify_chain(customer.pk)
    assert (report.whole, report.late) == (True, [hole])


def test_a_lost_record_of_the_chain_is_seen(customer: Customer, written: list[AuditEvent]) -> None:
    AuditChain.objects.all().delete()
    assert broken(customer) == ("chain", 1)


def test_a_wrong_head_is_seen(customer: Customer, written: list[AuditEvent]) -> None:
    AuditChain.objects.update(head="x")
    assert broken(customer) == ("head", 6)


# ------------------------------------------------------------------------------------------------------------- command


def webnet(*arguments: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("webnet", "audit", *arguments, stdout=out)
    except SystemExit as left:
        code = int(left.code or 0)
    return code, out.getvalue()


def test_the_command_names_the_broken_row_and_leaves_with_1(
    customer: Customer, written: list[AuditEvent], unguarded: None
) -> None:
    write(None, 1)
    assert webnet("seal")[0] == 0
    code, text = webnet("verify")
    assert (code, text.count("whole")) == (0, 2)
    sql("UPDATE {table} SET username = 'somebody' WHERE id = %s", written[3].pk)
    code, text = webnet("verify")
    assert code == 1
    assert f"customer {customer.pk}: 6 rows sealed, 0 unsealed, BROKEN (changed): Event {written[3].pk}" in text
    code, text = webnet("verify", "--json")
    told = json.loads(text)
    assert (code, told["whole"], [chain["whole"] for chain in told["chains"]]) == (1, False, [True, False])
    assert told["chains"][1]["broken"]["event_id"] == written[3].pk
    assert webnet("verify", "--customer", "0")[0] == 0
    assert webnet("verify", "--customer", str(customer.pk))[0] == 1


def test_heads_that_were_kept_show_a_chain_that_was_cut_and_sealed_anew(
    customer: Customer, written: list[AuditEvent], tmp_path: Path
) -> None:
    """With all rights over the database a chain can be rewritten so that it is whole in itself; not its old head."""
    kept = tmp_path / "heads.json"
    kept.write_text(webnet("heads", "--json")[1], encoding="utf-8")
    write(customer, 1)
    seal_waiting()
    with kept.open("a", encoding="utf-8") as file:
        file.write(webnet("heads", "--json")[1])
    assert webnet("verify", "--against", str(kept))[0] == 0
    head = AuditEvent.objects.get(seal_number=4, customer=customer).seal
    sql("DELETE FROM {table} WHERE seal_number > 4")
    AuditChain.objects.filter(customer=customer).update(length=4, head=head)
    assert webnet("verify")[0] == 0, "nothing in the database tells"
    code, text = webnet("verify", "--against", str(kept))
    assert (code, "BROKEN (replaced)" in text) == (1, True)
    write(customer, 4)
    seal_waiting()
    assert webnet("verify")[0] == 0
    assert webnet("verify", "--against", str(kept))[0] == 1


def test_a_lost_chain_is_shown_by_its_kept_head(customer: Customer, written: list[AuditEvent], tmp_path: Path) -> None:
    kept = tmp_path / "heads.json"
    kept.write_text(webnet("heads", "--json")[1], encoding="utf-8")
    sql("DELETE FROM {table}")
    AuditChain.objects.all().delete()
    assert webnet("verify")[0] == 0
    assert webnet("verify", "--against", str(kept))[0] == 1


def test_sealing_logs_the_new_head(
    customer: Customer, written: list[AuditEvent], caplog: pytest.LogCaptureFixture
) -> None:
    write(customer, 1)
    with caplog.at_level("INFO", logger="webnet_core.audit.seal"):
        seal_waiting()
    chain = AuditChain.objects.get(customer=customer)
    assert caplog.messages == [f"audit head customer={customer.pk} length=7 head={chain.head}"]
    assert chain.sealed_at is not None
    assert chain.sealed_at <= timezone.now()
