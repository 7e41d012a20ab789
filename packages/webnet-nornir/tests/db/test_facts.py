"""What devices say of themselves, and what is told where the inventory knew otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from webnet_core.events.models import Delivery, NotificationRule
from webnet_core.inventory.models import Device
from webnet_core.plugins.items import CollectBatch, Collected, HostStatus, Outcome
from webnet_core.testing.factories import make_customer, make_devices
from webnet_nornir.tasks.information import store_facts

pytestmark = pytest.mark.django_db


def say(device: Device, **facts: Any) -> None:
    outcome = Outcome(status=HostStatus.OK, data=facts)
    item = Collected(device_id=device.pk, result_id=1, outcome=outcome)
    store_facts(CollectBatch(job_id=1, customer_id=device.customer_id, task="get_facts", params={}, items=(item,)))


def test_another_serial_number_is_stored_and_told_and_another_version_is_no_news() -> None:
    customer = make_customer()
    (device,) = make_devices(1, customer)
    NotificationRule.objects.create(customer=customer, name="all", channel="email", target="noc@example.org")
    say(device, serial="FOC1", os_version="15.2", model="C9300")
    say(device, serial="FOC1", os_version="15.3", model="C9300")
    assert not Delivery.objects.exists()
    say(device, serial="FOC2", model="C9300")
    say(device, serial="", model="C9300")
    device.refresh_from_db()
    assert (device.serial, device.os_version) == ("FOC2", "15.3")
    (row,) = Delivery.objects.all()
    assert (row.event, row.severity) == ("inventory.inconsistent", "warning")
    assert row.payload["data"] == {
        "device_id": device.pk,
        "device": device.hostname,
        "field": "serial",
        "known": "FOC1",
        "found": "FOC2",
    }
