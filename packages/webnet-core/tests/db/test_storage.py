"""Secrets are ciphertext in every column; blobs are stored once for a customer and come back byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.deletion import ProtectedError
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.blobs import store
from webnet_core.blobs.models import Blob
from webnet_core.blobs.sweep import sweep
from webnet_core.crypto import key_id
from webnet_core.exceptions import ConfigurationError, CredentialUnreadable
from webnet_core.jobs.models import HostResult, Job, JobEvent
from webnet_core.secrets.models import Credential
from webnet_core.storable import clean_json, clean_text, find_unstorable
from webnet_core.testing.factories import make_credential, make_customer, make_devices
from webnet_core.testing.jobs import run_jobs_inline

KEYS = tuple(f"{character * 43}=" for character in "ABC")
CANARY = "canary-7f3a9e"
SECRETS = {
    "password": f"{CANARY}-password",
    "enable_password": f"{CANARY}-enable",
    "ssh_private_key": f"-----BEGIN\n{CANARY}-key\n-----END",
}
lasting = examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def dump() -> str:
    """Return every column of every row of the database, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            found += [repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in cursor]
    return "\n".join(found)


class TestSecrets:
    """Columns, memory, keys."""

    def test_no_secret_stands_in_the_database_after_a_run_with_it(
        self, customer: Customer, start: Callable[..., Job]
    ) -> None:
        credential = make_credential(customer, **SECRETS)
        job = start("read", make_devices(3, customer, credential=credential))
        run_jobs_inline()
        job.refresh_from_db()
        assert job.status == "success"
        text = dump()
        assert credential.name in text
        assert CANARY not in text

    def test_each_way_to_write_a_row_encrypts(self, customer: Customer) -> None:
        made = make_credential(customer, **SECRETS)
        Credential.objects.filter(pk=made.pk).update(password=f"{CANARY}-updated")
        Credential.objects.bulk_create([Credential(customer=customer, name="bulk", username="u", **SECRETS)])
        loaded = Credential.objects.get(pk=made.pk)
        loaded.enable_password = f"{CANARY}-assigned"
        loaded.save()
        Credential.objects.bulk_update([loaded], ["enable_password", "ssh_private_key"])
        assert CANARY not in dump()
        opened = Credential.objects.get(pk=made.pk).reveal()
        assert opened.password == f"{CANARY}-updated"
        assert opened.enable_password == f"{CANARY}-assigned"
        assert opened.ssh_private_key == SECRETS["ssh_private_key"]
        assert Credential.objects.get(name="bulk").reveal().password == SECRETS["password"]

    def test_saving_a_loaded_row_does_not_encrypt_twice(self, customer: Customer) -> None:
        pk = make_credential(customer, **SECRETS).pk
        for _ in range(3):
            Credential.objects.get(pk=pk).save()
        assert Credential.objects.get(pk=pk).reveal().values() == tuple(SECRETS.values())

    def test_nothing_shows_in_representations(self, customer: Customer) -> None:
        credential = make_credential(customer, **SECRETS)
        shown = [repr(credential), str(credential), repr(credential.reveal()), repr(credential.__dict__)]
        assert CANARY not in "".join(shown)

    def test_empty_secrets_stay_empty(self, customer: Customer) -> None:
        credential = make_credential(customer, password="")
        assert credential.reveal().values() == ()
        assert Credential.objects.filter(password="").count() == 1

    def test_old_keys_open_and_the_first_one_encrypts(self, core: Callable[..., None], customer: Customer) -> None:
        core(ENCRYPTION_KEYS=[KEYS[0]])
        pk = make_credential(customer, **SECRETS).pk
        core(ENCRYPTION_KEYS=[KEYS[1], KEYS[0]])
        old = Credential.objects.get(pk=pk)
        assert old.reveal().password == SECRETS["password"]
        old.password = "new"
        old.save()
        core(ENCRYPTION_KEYS=[KEYS[1]])
        renewed = Credential.objects.get(pk=pk)
        assert renewed.password.reveal() == "new"
        with pytest.raises(CredentialUnreadable):
            renewed.enable_password.reveal()

    def test_the_missing_key_is_named_and_no_key_is_shown(self, core: Callable[..., None], customer: Customer) -> None:
        core(ENCRYPTION_KEYS=[KEYS[0]])
        pk = make_credential(customer, **SECRETS).pk
        core(ENCRYPTION_KEYS=[KEYS[2]])
        with pytest.raises(CredentialUnreadable) as caught:
            Credential.objects.get(pk=pk).reveal()
        assert key_id(KEYS[0]) in caught.value.message
        assert KEYS[0] not in repr(caught.value)
        assert str(Credential.objects.get(pk=pk)), "lists still show it"

    def test_damaged_ciphertext_is_unreadable_and_not_a_crash(self, customer: Customer) -> None:
        pk = make_credential(customer, **SECRETS).pk
        table = Credential._meta.db_table
        for damaged in ("k12345678:zzzz", "no prefix", "k12345678:gAAAAABü", ":"):
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET password = %s WHERE id = %s", [damaged, pk])
            with pytest.raises(CredentialUnreadable) as caught:
                Credential.objects.get(pk=pk).reveal()
            assert "no prefix"[1:] not in caught.value.message

    @pytest.mark.parametrize("keys", [[], ["short"]])
    def test_keys_that_are_none_are_refused_by_name(
        self, keys: list[str], core: Callable[..., None], customer: Customer
    ) -> None:
        core(ENCRYPTION_KEYS=keys)
        with pytest.raises(ConfigurationError, match="ENCRYPTION_KEYS"):
            make_credential(customer)


class TestBlobs:
    """Stored once, returned whole."""

    @lasting
    @given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8))
    def test_what_was_put_comes_back(self, texts: list[str]) -> None:
        owner = make_customer()
        blobs = store.put(owner.pk, texts)
        assert [store.get(Blob.objects.get(pk=blob.pk)) for blob in blobs] == texts
        assert Blob.objects.filter(customer=owner).count() == len(set(texts))
        assert [blob.pk for blob in store.put(owner.pk, texts)] == [blob.pk for blob in blobs]

    @lasting
    @given(
        lines=st.lists(st.integers(0, 10**12).map(lambda n: f"interface Ethernet{n}"), min_size=40, max_size=80),
        at=st.integers(0, 39),
        text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    )
    def test_a_delta_comes_back(self, lines: list[str], at: int, text: str) -> None:
        owner = make_customer()
        whole = store.put(owner.pk, ["\n".join(lines)])[0]
        changed = "\n".join([*lines[:at], text, *lines[at:]])
        blob = store.put(owner.pk, [store.Item(text=changed, base_id=whole.pk)])[0]
        again = Blob.objects.get(pk=blob.pk)
        assert store.get(again) == changed
        assert again.size == len(changed.encode())

    def test_what_resembles_its_base_is_small_and_has_depth_one(self, customer: Customer) -> None:
        text = "\n".join(f"interface Ethernet{n * 7919 % 10007}" for n in range(3000))
        whole = store.put(customer.pk, [text])[0]
        delta = store.put(customer.pk, [store.Item(text=f"{text}\nend", base_id=whole.pk)])[0]
        assert (delta.codec, delta.base_id) == ("zstd-delta", whole.pk)
        assert len(delta.data) < 200 < len(Blob.objects.get(pk=whole.pk).data)
        third = store.put(customer.pk, [store.Item(text=f"{text}\nend\nend", base_id=delta.pk)])[0]
        assert (third.codec, third.base_id) == ("zstd", None), "a delta is no base"
        assert store.get(Blob.objects.get(pk=third.pk)).endswith("end\nend")
        with pytest.raises(ProtectedError):
            Blob.objects.get(pk=whole.pk).delete()

    def test_customers_share_no_blob_no_digest_and_no_base(self) -> None:
        one, two = make_customer(), make_customer()
        text = "\n".join(f"line {n}" for n in range(500))
        first, second = store.put(one.pk, [text])[0], store.put(two.pk, [text])[0]
        assert first.pk != second.pk
        assert first.digest != second.digest
        foreign = store.put(two.pk, [store.Item(text=f"{text}\nend", base_id=first.pk)])[0]
        assert foreign.base_id is None

    def test_processes_that_put_the_same_text_share_one_blob(self, customer: Customer) -> None:
        texts = [f"text {n}" for n in range(30)]
        found = run_forked([lambda: [blob.pk for blob in store.put(customer.pk, texts)]] * 3)
        assert found[0] == found[1] == found[2]
        assert Blob.objects.count() == 30

    def test_an_unknown_codec_is_an_error_and_no_text(self, customer: Customer) -> None:
        blob = store.put(customer.pk, ["x"])[0]
        blob.codec = "zip"
        with pytest.raises(ValueError, match="zip"):
            store.get(blob)

    def test_the_sweep_takes_what_nothing_refers_to_and_nothing_else(
        self, customer: Customer, start: Callable[..., Job]
    ) -> None:
        start("read", make_devices(2, customer))
        run_jobs_inline()
        kept = HostResult.objects.first().output
        base = store.put(customer.pk, ["\n".join(f"line {n * 7919 % 10007}" for n in range(900))])[0]
        delta = store.put(customer.pk, [store.Item(text=f"{store.get(base)}\nend", base_id=base.pk)])[0]
        assert delta.base_id == base.pk
        store.put(customer.pk, ["unused"])
        assert sweep() == 0, "all are young"
        Blob.objects.update(created_at=timezone.now() - timedelta(days=2))
        assert sweep() == 2, "the unused one and the delta; the delta's base was still referred to"
        assert sweep() == 1
        assert list(Blob.objects.values_list("pk", flat=True)) == [kept.pk]
        assert store.get(kept) == "up 3 days"

    def test_an_old_blob_that_is_put_again_is_young_again(self, customer: Customer) -> None:
        blob = store.put(customer.pk, ["again"])[0]
        Blob.objects.update(created_at=timezone.now() - timedelta(days=2))
        assert store.put(customer.pk, ["again"])[0].pk == blob.pk
        assert sweep() == 0


class TestStorable:
    """Whatever is cleaned can be stored, and what was clean is unchanged."""

    @lasting
    @given(text=st.text(st.characters() | st.sampled_from(["\x00", "\ud800", "\udfff"])))
    def test_any_text_is_stored(self, text: str, customer: Customer) -> None:
        job, _ = Job.objects.get_or_create(customer=customer, type="proof.read")
        JobEvent.objects.filter(job=job).delete()
        JobEvent.objects.create(job=job, seq=1, message=clean_text(text), data=clean_json([text, {text: text}]))
        stored = JobEvent.objects.get(job=job)
        assert stored.message == clean_text(text)
        assert stored.data[0] == clean_text(text)
        if find_unstorable([text]) is None:
            assert (stored.message, stored.data) == (text, [text, {text: text}])

    @lasting
    @given(
        value=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
            max_leaves=15,
        )
    )
    def test_any_json_is_stored(self, value: Any, customer: Customer) -> None:
        job, _ = Job.objects.get_or_create(customer=customer, type="proof.read")
        JobEvent.objects.filter(job=job).delete()
        JobEvent.objects.create(job=job, seq=1, data=clean_json(value))
        stored = JobEvent.objects.get(job=job).data
        assert find_unstorable(stored) is None
        assert json.dumps(stored) is not None

    def test_the_path_to_what_is_wrong_is_told(self) -> None:
        assert find_unstorable({"a": [1, {"b": "x\x00"}]}) == ("a", 1, "b")
        assert find_unstorable({"a": {"k\ud800": 1}}) == ("a",)
        assert find_unstorable({"a": ["fine", 1, None]}) is None
