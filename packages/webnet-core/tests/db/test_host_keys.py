"""The first key a device shows is pinned; another one never replaces it by itself."""

from __future__ import annotations

import base64

import pytest
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, InvalidInput, NotFound, PermissionDenied
from webnet_core.inventory import hostkeys
from webnet_core.inventory.models import HostKey
from webnet_core.testing.factories import make_device, make_user

ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
KEYS = {kind: base64.b64encode(kind.encode()).decode() for kind in ("ssh-rsa", "ssh-ed25519", "ecdsa")}


def test_of_two_first_contacts_one_pins_and_the_other_is_refused(customer: Customer) -> None:
    for _ in range(5):
        device = make_device(customer)

        def pin(kind: str, pk: int = device.pk) -> str:
            try:
                return hostkeys.pin(pk, kind, KEYS[kind]).key_type
            except Conflict:
                return "refused"

        found = run_forked([lambda: pin("ssh-rsa"), lambda: pin("ssh-ed25519"), lambda: pin("ecdsa")])
        assert found.count("refused") == 2
        assert HostKey.objects.get(device=device).key_type in found


def test_the_same_key_again_changes_nothing_and_another_one_is_refused(customer: Customer) -> None:
    device = make_device(customer)
    first = hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"])
    assert hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"]).pk == first.pk
    with pytest.raises(Conflict, match="SHA256:"):
        hostkeys.pin(device.pk, "ssh-rsa", KEYS["ecdsa"])
    assert hostkeys.pinned([device.pk, device.pk + 1]) == {device.pk: [("ssh-rsa", KEYS["ssh-rsa"])]}


def test_forgetting_is_audited_and_no_other_key_is_trusted_until_one_is_accepted(customer: Customer) -> None:
    device = make_device(customer)
    old = hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"])
    admin = make_user(role="admin", customer=customer)
    assert hostkeys.forget(admin, device) == 1
    assert AuditEvent.objects.get(action="hostkeys.forget").data == {"fingerprints": [old.fingerprint]}
    with pytest.raises(hostkeys.RepinningRequired):
        hostkeys.pin(device.pk, "ecdsa", KEYS["ecdsa"])
    accepted = hostkeys.accept(admin, device, "ssh-ed25519", ED25519)
    assert hostkeys.pin(device.pk, "ssh-ed25519", ED25519) == accepted
    assert AuditEvent.objects.get(action="hostkeys.accept").data["fingerprint"] == accepted.fingerprint


def test_an_accepted_key_takes_the_place_of_all_others(customer: Customer) -> None:
    device = make_device(customer)
    old = hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"])
    hostkeys.accept(make_user("ada", role="admin", customer=customer), device, "ssh-ed25519", ED25519)
    assert [row.source for row in HostKey.objects.filter(device=device)] == ["accepted by ada"]
    assert AuditEvent.objects.get(action="hostkeys.accept").data["replaced"] == [old.fingerprint]


@pytest.mark.parametrize("role", ["viewer", "operator", None])
def test_who_may_not_accept_keys_neither_accepts_nor_forgets_one(customer: Customer, role: str | None) -> None:
    device = make_device(customer)
    hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"])
    user = make_user(role=role, customer=customer)
    with pytest.raises(PermissionDenied):
        hostkeys.accept(user, device, "ssh-ed25519", ED25519)
    with pytest.raises(PermissionDenied):
        hostkeys.dismiss(user, device)
    assert HostKey.objects.get().key_type == "ssh-rsa"


@pytest.mark.parametrize(
    ("key_type", "key"),
    [("ssh-rsa", ED25519), ("ssh-ed25519", "AAAA"), ("", ED25519), ("ssh-ed25519", "no base64!"), ("", "")],
)
def test_what_is_no_key_of_that_type_is_not_accepted(customer: Customer, key_type: str, key: str) -> None:
    device = make_device(customer)
    with pytest.raises(InvalidInput):
        hostkeys.accept(make_user(role="admin", customer=customer), device, key_type, key)
    assert not HostKey.objects.exists()


def test_a_deleted_device_gets_no_key() -> None:
    with pytest.raises(NotFound):
        hostkeys.pin(10**6, "ssh-rsa", KEYS["ssh-rsa"])
