"""Long lists of devices: the same rows as one by one, in the same order from both ends, with few queries."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from webnet_core.inventory.models import Device, Tag
from webnet_core.testing.factories import make_devices

API = "/api/v1"


def test_the_list_shows_of_a_device_what_the_device_itself_shows(world):
    device = world.devices[0]
    now = timezone.now()
    Device.objects.filter(pk=device.pk).update(
        data={"rack": {"row": 1}}, connection_options={"netmiko": {"keepalive": 3}}, driver="netmiko", model="C9300",
        enabled=False, disabled_reason="spare", disabled_by="operator", disabled_at=now, reachability="reachable",
        reachability_at=now, last_seen=now - timedelta(days=1), last_error="timeout: slow", last_error_at=now,
        os_version="17.9", serial="FOC1", repinning_required=True, site=None, credential=None,
    )  # fmt: skip
    for pair in (("env", "lab"), ("spare", "")):
        device.tags.add(Tag.objects.create(customer=world.ours, name=pair[0], value=pair[1]))
    client = world.client("viewer")
    listed = {row["id"]: row for row in client.get(f"{API}/devices/").json()["results"]}
    for one in world.devices:
        alone = client.get(f"{API}/devices/{one.pk}/").json()
        assert list(listed[one.pk]) == list(alone)
        assert listed[one.pk] == alone


def test_a_list_takes_six_queries_at_most_however_many_devices_there_are(world, django_assert_max_num_queries):
    make_devices(60, world.ours, site=world.site, credential=world.credential)
    client = world.client("viewer")
    with django_assert_max_num_queries(6):
        first = client.get(f"{API}/devices/", HTTP_X_CUSTOMER_ID=str(world.ours.pk)).json()
    assert (first["count"], len(first["results"])) == (63, 50)
