"""Keys change while jobs run and people edit; a rotation that is killed loses nothing, a lost key destroys nothing."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from tests.db.processes import environment, run_forked, wait_until, worker

from webnet_core.access.models import Customer
from webnet_core.blobs import keys, store
from webnet_core.blobs.models import Blob, DigestKey
from webnet_core.crypto import configured_ids, key_id
from webnet_core.exceptions import CredentialUnreadable
from webnet_core.jobs.models import Job
from webnet_core.jobs.worker import ShardWorker
from webnet_core.secrets.cli import run_rotation
from webnet_core.secrets.credentials import update_credential
from webnet_core.secrets.models import Credential
from webnet_core.secrets.rotate import Rotation, keys_in_use, rotate_keys, secret_columns
from webnet_core.testing.factories import make_credential, make_devices, make_user

# The first is the one of tests.settings, under which every worker process of these tests begins.
OLD = "b3VyLWZpcnN0LXRlc3Qta2V5LW9mLTMyLWJ5dGVzLi4="
NEW, OTHER = (f"{character * 43}=" for character in "AB")


def columns() -> dict[str, dict[int, tuple[str, ...]]]:
    """Return every ciphertext as it stands."""
    return {
        model._meta.label: {row[0]: row[1:] for row in model._base_manager.values_list("pk", *names)}
        for model, names in secret_columns().items()
    }


def key_ids() -> set[str]:
    return {use.id for use in keys_in_use()}


def run_verb(*, check: bool = False, batch: int = 200) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    code = 0
    try:
        call_command("webnet", "rotate-keys", "--json", f"--batch={batch}", *(["--check"] if check else []), stdout=out)
    except SystemExit as error:
        code = int(str(error.code))
    return code, json.loads(out.getvalue())


@contextmanager
def rotation_that_waits(*encryption_keys: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.db.rotation_process", json.dumps(encryption_keys)]
    where, variables = environment()
    process = subprocess.Popen(
        command, cwd=where, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the rotation did not begin"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_every_secret_goes_under_the_first_key_and_nothing_else_of_a_row_changes(
    core: Callable[..., None], customer: Customer
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    made = [make_credential(customer, enable_password=f"enable {n}", ssh_private_key="") for n in range(7)]
    digest = store.digest(customer.pk, "text")
    before = list(Credential.objects.order_by("pk").values("pk", "name", "username", "version", "updated_at"))
    core(ENCRYPTION_KEYS=[NEW, OLD])
    code, report = run_verb(batch=2)
    assert (code, report["rotated"], report["unreadable"], report["busy"]) == (0, 15, [], 0)
    assert [key["id"] for key in report["keys"]] == [key_id(NEW)]
    core(ENCRYPTION_KEYS=[NEW])
    assert list(Credential.objects.order_by("pk").values("pk", "name", "username", "version", "updated_at")) == before
    for number, one in enumerate(made):
        opened = Credential.objects.get(pk=one.pk).reveal()
        assert (opened.enable_password, opened.ssh_private_key) == (f"enable {number}", "")
    assert store.digest(customer.pk, "text") == digest
    assert run_verb()[1]["rotated"] == 0, "a second run finds nothing to do"


def test_the_check_says_whether_an_old_key_may_go(core: Callable[..., None], customer: Customer) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    make_credential(customer)
    core(ENCRYPTION_KEYS=[NEW, OLD])
    stored = columns()
    code, report = run_verb(check=True)
    assert code == 1
    assert [(key["id"], key["position"], key["secrets"]) for key in report["keys"]] == [(key_id(OLD), 1, 2)]
    assert columns() == stored, "asking changes nothing"
    run_verb()
    code, report = run_verb(check=True)
    assert (code, [key["position"] for key in report["keys"]]) == (0, [0])


def test_a_rotation_killed_between_two_batches_is_finished_by_the_next(
    core: Callable[..., None], customer: Customer
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    made = {make_credential(customer, password=f"secret {n}").pk: f"secret {n}" for n in range(10)}
    connections.close_all()
    core(ENCRYPTION_KEYS=[NEW, OLD])
    with rotation_that_waits(NEW, OLD) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert key_ids() == {key_id(NEW), key_id(OLD)}, "it was half-way"
    assert {row.pk: row.reveal().password for row in Credential.objects.all()} == made
    rest = rotate_keys(batch=3)
    assert 0 < rest.rotated < len(made) + 1
    core(ENCRYPTION_KEYS=[NEW])
    assert {row.pk: row.reveal().password for row in Credential.objects.all()} == made


def test_what_somebody_edits_during_a_rotation_stays_as_they_made_it(
    core: Callable[..., None], customer: Customer
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    first, last = make_credential(customer, name="a"), make_credential(customer, name="z", username="u")
    core(ENCRYPTION_KEYS=[NEW, OLD])
    admin = make_user(role="admin", customer=customer)

    def edit(_: Rotation) -> None:
        if Credential.objects.get(pk=last.pk).version == 1:
            update_credential(admin, last, {"password": "edited meanwhile"})
            update_credential(admin, first, {"password": "edited afterwards"})

    rotate_keys(batch=1, progress=edit)
    core(ENCRYPTION_KEYS=[NEW])
    assert Credential.objects.get(pk=last.pk).reveal().password == "edited meanwhile"
    assert Credential.objects.get(pk=first.pk).reveal().password == "edited afterwards"


def test_processes_that_rotate_and_edit_at_once_lose_no_edit(core: Callable[..., None], customer: Customer) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    made = [make_credential(customer, password="old") for _ in range(40)]
    core(ENCRYPTION_KEYS=[NEW, OLD])

    def edit() -> int:
        for one in made[::2]:
            row = Credential.objects.get(pk=one.pk)
            Credential.objects.filter(pk=one.pk, password=row.password).update(password=f"new {one.pk}")
            if row.pk % 3 == 0:
                Credential.objects.filter(pk=one.pk).update(password=f"new {one.pk}")
        return 0

    def rotate() -> int:
        return len(rotate_keys(batch=5).unreadable)

    assert run_forked([edit, rotate, rotate]) == [0, 0, 0]
    rotate_keys()
    core(ENCRYPTION_KEYS=[NEW])
    for one in made:
        password = Credential.objects.get(pk=one.pk).reveal().password
        assert password in {"old", f"new {one.pk}"}
        if one in made[::2] and one.pk % 3 == 0:
            assert password == f"new {one.pk}"


def test_a_job_runs_on_while_keys_are_changed(
    core: Callable[..., None], customer: Customer, start: Callable[..., Job]
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    credentials = [make_credential(customer, password=f"password {n}") for n in range(8)]
    devices = [make_devices(1, customer, credential=one)[0] for one in credentials]
    job = start("login", devices, seconds=0.2)
    connections.close_all()
    core(ENCRYPTION_KEYS=[NEW, OLD])
    with worker(ENCRYPTION_KEYS=[NEW, OLD]):
        wait_until(lambda: job.results.exclude(status="pending").exists())
        assert rotate_keys(batch=2).unreadable == []
        wait_until(lambda: Job.objects.get(pk=job.pk).finished)
    assert Job.objects.get(pk=job.pk).status == "success"
    assert job.results.filter(status="ok").count() == 8
    assert key_ids() == {key_id(NEW)}
    assert set(Credential.objects.values_list("version", flat=True)) == {1}


def test_what_no_key_opens_is_named_and_left_alone(core: Callable[..., None], customer: Customer) -> None:
    core(ENCRYPTION_KEYS=[OTHER])
    lost = make_credential(customer, password="lost", enable_password="")
    core(ENCRYPTION_KEYS=[OLD])
    DigestKey.objects.all().delete()
    keys.forget()
    kept = make_credential(customer, password="kept")
    stored = Credential.objects.values_list("password", flat=True).get(pk=lost.pk)
    core(ENCRYPTION_KEYS=[NEW, OLD])
    code, report = run_verb()
    assert code == 1
    assert [(one["model"], one["pk"], one["column"]) for one in report["unreadable"]] == [
        ("webnet_core.Credential", lost.pk, "password")
    ]
    assert key_id(OTHER) in report["unreadable"][0]["message"]
    assert str.__str__(Credential.objects.get(pk=lost.pk).password) == str.__str__(stored)
    assert Credential.objects.get(pk=kept.pk).reveal().password == "kept"


def test_a_wrong_key_is_named_by_the_checks_and_nothing_is_overwritten(
    core: Callable[..., None], customer: Customer
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    make_credential(customer)
    before = columns()
    assert [one for one in run_checks(databases=["default"]) if one.id == "webnet.E020"] == []
    core(ENCRYPTION_KEYS=[OTHER])
    for found in (
        run_checks(tags=["database"], databases=["default"]),
        run_checks(include_deployment_checks=True),
    ):
        named = [str(one) for one in found if one.id == "webnet.E020"]
        assert len(named) == 1
        assert key_id(OLD) in named[0]
    assert [one for one in run_checks() if one.id == "webnet.E020"] == [], "a plain start asks no database"
    assert run_verb()[0] == 1
    with pytest.raises(CredentialUnreadable, match=key_id(OLD)):
        store.put(customer.pk, ["text"])
    assert columns() == before
    assert Blob.objects.count() == 0


def test_a_worker_that_starts_with_a_wrong_key_says_so(
    core: Callable[..., None], customer: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    make_credential(customer)
    core(ENCRYPTION_KEYS=[OTHER])
    idle = ShardWorker()
    idle.stop()
    idle.run()
    assert key_id(OLD) in caplog.text
    assert OLD not in caplog.text


@pytest.mark.parametrize("wrong", [[], ["short"]])
def test_without_a_usable_key_rotation_ends_before_it_begins(
    core: Callable[..., None], customer: Customer, wrong: list[str]
) -> None:
    make_credential(customer)
    before = columns()
    core(ENCRYPTION_KEYS=wrong)
    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        call_command("webnet", "rotate-keys", stdout=io.StringIO())
    assert columns() == before


class TestDigestKey:
    """One key for all digests, whatever encrypts it."""

    def test_digests_outlive_every_change_of_keys(self, core: Callable[..., None], customer: Customer) -> None:
        core(ENCRYPTION_KEYS=[OLD])
        blob = store.put(customer.pk, ["running config"])[0]
        for key in (NEW, OTHER):
            core(ENCRYPTION_KEYS=[key, *({OLD, NEW} - {key})])
            rotate_keys()
            core(ENCRYPTION_KEYS=[key])
            assert store.put(customer.pk, ["running config"])[0].pk == blob.pk

    def test_where_blobs_are_already_their_digests_stay_what_they_were(
        self, core: Callable[..., None], customer: Customer
    ) -> None:
        core(ENCRYPTION_KEYS=[NEW, OLD])
        DigestKey.objects.all().delete()
        keys.forget()
        Blob.objects.create(customer=customer, digest="d", codec="zstd", size=0, data=b"")
        with_old = "78ce7c0c"  # HMAC-SHA256 under what the oldest key gave, as it was stored before there was a row
        assert store.digest(1, "text").startswith(with_old)

    def test_a_key_made_in_a_transaction_that_is_rolled_back_is_forgotten(self, customer: Customer) -> None:
        DigestKey.objects.all().delete()
        keys.forget()
        with transaction.atomic():
            lost = store.digest(customer.pk, "text")
            transaction.set_rollback(True)
        assert store.digest(customer.pk, "text") != lost
        assert run_forked([lambda: store.digest(customer.pk, "text")]) == [store.digest(customer.pk, "text")]

    def test_processes_that_need_it_first_agree_on_one(self, customer: Customer) -> None:
        DigestKey.objects.all().delete()
        keys.forget()
        found = run_forked([lambda: store.digest(customer.pk, "text")] * 4)
        assert len(set(found)) == 1
        assert DigestKey.objects.count() == 1

    def test_it_is_ciphertext_in_its_column(self) -> None:
        plain = keys.digest_key().hex()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT value FROM {DigestKey._meta.db_table}")
            stored = cursor.fetchone()[0]
        assert plain not in stored
        assert stored.startswith(f"k{configured_ids()[0]}:")


def test_the_verb_tells_people_what_it_did(core: Callable[..., None], customer: Customer) -> None:
    core(ENCRYPTION_KEYS=[OLD])
    make_credential(customer)
    core(ENCRYPTION_KEYS=[NEW, OLD])
    out = io.StringIO()
    assert run_rotation(Namespace(check=True, json=False, batch=1), out) == 1
    assert "it must stay for now" in out.getvalue()
    out = io.StringIO()
    assert run_rotation(Namespace(check=False, json=False, batch=1), out) == 0
    assert "Only the first key is in use" in out.getvalue()
