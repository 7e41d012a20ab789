"""The first key a device shows is pinned; another one never replaces it by itself."""

from __future__ import annotations

import base64

import pytest
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import Conflict, NotFound
from webnet_core.inventory import hostkeys
from webnet_core.inventory.models import HostKey
from webnet_core.testing.factories import make_device, make_user

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


def test_forgetting_is_audited_and_lets_the_next_contact_pin(customer: Customer) -> None:
    device = make_device(customer)
    old = hostkeys.pin(device.pk, "ssh-rsa", KEYS["ssh-rsa"])
    admin = make_user(role="admin", customer=customer)
    assert hostkeys.forget(admin, device) == 1
    assert AuditEvent.objects.get(action="hostkeys.forget").data == {"fingerprints": [old.fingerprint]}
    assert hostkeys.pin(device.pk, "ecdsa", KEYS["ecdsa"]).key_type == "ecdsa"


def test_a_deleted_device_gets_no_key() -> None:
    with pytest.raises(NotFound):
        hostkeys.pin(10**6, "ssh-rsa", KEYS["ssh-rsa"])
