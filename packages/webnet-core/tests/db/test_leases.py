"""One writer a device, by the database's clock."""

from __future__ import annotations

import os
import random
import time
from itertools import pairwise

import pytest
from tests.db.processes import run_forked

from webnet_core.access.models import Customer
from webnet_core.exceptions import NotFound
from webnet_core.inventory import leases
from webnet_core.inventory.leases import LeaseHeld
from webnet_core.inventory.models import Device
from webnet_core.testing.factories import make_device, make_devices

TURNS = 25


def test_processes_never_hold_a_device_together_and_tokens_only_rise(customer: Customer) -> None:
    devices = [device.pk for device in make_devices(2, customer)]

    def fight() -> list[tuple[int, int, float, float]]:
        me, mine = f"fighter {os.getpid()}", []
        until = time.monotonic() + 200
        while len(mine) < TURNS and time.monotonic() < until:
            device = random.choice(devices)
            token = leases.acquire(device, me, "fight", 30)
            if isinstance(token, LeaseHeld):
                assert token.holder != me
                continue
            began = time.monotonic()
            time.sleep(random.random() * 0.004)
            assert leases.renew(me, [device]) == {device}
            ended = time.monotonic()
            leases.release(me, [device])
            mine.append((device, token, began, ended))
        return mine

    held = [entry for entries in run_forked([fight] * 4) for entry in entries]
    assert len(held) == 4 * TURNS
    for device in devices:
        # The monotonic clock is one for all processes of a machine.
        turns = sorted((token, began, ended) for where, token, began, ended in held if where == device)
        assert len({token for token, _, _ in turns}) == len(turns)
        assert all(earlier[2] <= later[1] for earlier, later in pairwise(turns))


def test_who_is_too_late_learns_who_holds_it_and_why(customer: Customer) -> None:
    device = make_device(customer)
    assert leases.acquire(device.pk, "job 1", "upgrade") == 1
    held = leases.acquire(device.pk, "job 2")
    assert isinstance(held, LeaseHeld)
    assert (held.device_id, str(held)) == (device.pk, "held by job 1 (upgrade)")
    assert leases.holders([device.pk, device.pk + 1]).keys() == {device.pk}


def test_an_expired_lease_is_taken_over_and_the_old_holder_is_told(customer: Customer) -> None:
    kept, lost = (device.pk for device in make_devices(2, customer))
    leases.acquire(kept, "old", seconds=30)
    assert leases.acquire(lost, "old", seconds=0.05) == 1
    time.sleep(0.1)
    assert leases.holders([lost]) == {}
    assert leases.acquire(lost, "new") == 2
    assert leases.renew("old", [kept, lost]) == {kept}
    leases.release("old", [lost])
    assert leases.holders([lost])[lost].holder == "new", "who lost it cannot give it back"


def test_an_expired_lease_is_not_renewed_even_where_nobody_took_it(customer: Customer) -> None:
    device = make_device(customer)
    leases.acquire(device.pk, "old", seconds=0.01)
    time.sleep(0.05)
    assert leases.renew("old", [device.pk]) == frozenset()


def test_the_holder_may_take_it_again_with_a_higher_token(customer: Customer) -> None:
    device = make_device(customer)
    assert [leases.acquire(device.pk, "me") for _ in range(3)] == [1, 2, 3]
    leases.release("me", [device.pk])
    assert leases.acquire(device.pk, "you") == 4


def test_a_deleted_device_cannot_be_held(customer: Customer) -> None:
    device = make_device(customer)
    pk = device.pk
    Device.objects.all().delete()
    with pytest.raises(NotFound):
        leases.acquire(pk, "me")


def test_renewing_nothing_asks_nothing() -> None:
    assert leases.renew("me", []) == frozenset()
