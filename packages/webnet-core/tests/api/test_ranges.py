"""IP ranges: what is one, and which addresses devices may have."""

from __future__ import annotations

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.models import Device, IPRange
from webnet_core.testing.access import reauthenticated

API = "/api/v1"


def ranges(world):
    return f"{API}/customers/{world.ours.pk}/ranges/"


@pytest.fixture
def limited(world):
    """Our devices, which are in 192.0.2.0/24, may be there and in 2001:db8::/32."""
    for cidr in ("192.0.2.0/24", "2001:db8::/32"):
        assert world.client("admin").post(ranges(world), {"cidr": cidr}).status_code == 201
    return world


def test_a_range_is_added_listed_and_removed(world):
    made = world.client("admin").post(ranges(world), {"cidr": "192.0.2.0/24", "description": "Lab"}).json()
    outside = made.pop("outside")
    assert outside == {"count": 0, "devices": []}
    assert (made["customer_id"], made["cidr"], made["description"]) == (world.ours.pk, "192.0.2.0/24", "Lab")
    assert world.client("viewer").get(ranges(world)).json()["results"] == [made]
    assert world.client("admin").delete(f"{ranges(world)}{made['id']}/").status_code == 204
    acts = AuditEvent.objects.filter(object_type="webnet_core.iprange").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["ranges.create", "ranges.delete"]


NO_RANGES = [
    ("192.0.2.0/24", "duplicate", "there already"),
    ("192.0.2.128/25", "overlap", "overlaps 192.0.2.0/24"),
    ("192.0.0.0/16", "overlap", "overlaps 192.0.2.0/24"),
    ("2001:db8:1::/48", "overlap", "overlaps 2001:db8::/32"),
    ("10.1.2.3/8", "invalid_network", "did you mean 10.0.0.0/8"),
    ("10.0.0.0/33", "invalid_network", "10.0.0.0/8"),
    ("ten", "invalid_network", "10.0.0.0/8"),
    ("::ffff:10.0.0.0/104", "invalid_network", "IPv4"),
    ("fe80::1%eth0/64", "invalid_network", ""),
    ("fe80::%eth0/64", "invalid_network", ""),
]


def test_what_is_no_range_or_meets_another_is_refused(limited):
    for cidr, code, said in NO_RANGES:
        answer = limited.client("admin").post(ranges(limited), {"cidr": cidr})
        assert answer.status_code == 400
        error = answer.json()["errors"][0]
        assert (error["path"], error["code"]) == ("cidr", code)
        assert said in error["message"]
        assert IPRange.objects.count() == 2


@pytest.mark.parametrize("address", ["192.0.2.200", "2001:db8::7", "::ffff:c000:209", "r1.example.org"])
def test_an_address_inside_and_a_name_are_taken(limited, address):
    body = {"hostname": "edge1", "mgmt_ip": address, "platform": "cisco_ios"}
    assert limited.client("operator").post(f"{API}/devices/", body).status_code == 201


OUTSIDE = ["198.51.100.1", "2001:db9::1", "::ffff:c633:6401", "127.0.0.1"]


def test_an_address_outside_is_refused_with_what_would_be_right(limited):
    for address in OUTSIDE:
        body = {"hostname": "edge1", "mgmt_ip": address, "platform": "cisco_ios"}
        error = limited.client("operator").post(f"{API}/devices/", body).json()["errors"][0]
        assert (error["path"], error["code"]) == ("mgmt_ip", "address")
        assert "192.0.2.0/24, 2001:db8::/32" in error["message"]
        reauthenticated(limited.users["operator"])
        device = limited.devices[0]
        changed = limited.client("operator").patch(f"{API}/devices/{device.pk}/", {"mgmt_ip": address})
        assert (changed.status_code, changed.json()["errors"][0]["path"]) == (400, "mgmt_ip")


NO_ADDRESSES = ["10.0.0.300", "010.0.0.1", "2130706433", "0x7f000001", "10.1", "abcd:1"]


def test_what_only_looks_like_an_address_is_no_host_name_either(world):
    for address in NO_ADDRESSES:
        body = {"hostname": "edge1", "mgmt_ip": address, "platform": "cisco_ios"}
        answer = world.client("operator").post(f"{API}/devices/", body)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "mgmt_ip")


def test_a_device_outside_a_new_range_is_named_and_can_still_be_changed(world):
    made = world.client("admin").post(ranges(world), {"cidr": "10.0.0.0/8"}).json()
    named = {(row["id"], row["mgmt_ip"]) for row in made["outside"]["devices"]}
    assert named == {(device.pk, device.mgmt_ip) for device in world.devices}
    where = f"{API}/devices/{world.devices[0].pk}/"
    assert world.client("operator").patch(where, {"role": "core"}).status_code == 200
    assert world.client("operator").post(f"{where}disable/", {}).status_code == 200


def test_a_range_that_devices_need_stays_unless_it_is_the_last(limited):
    mine, other = IPRange.objects.order_by("pk")
    refused = limited.client("admin").delete(f"{ranges(limited)}{mine.pk}/")
    assert refused.status_code == 409
    used_by = refused.json()["used_by"]
    assert {row["id"] for row in used_by} == {device.pk for device in limited.devices}
    assert limited.devices[0].hostname in refused.json()["message"]
    assert limited.client("admin").delete(f"{ranges(limited)}{other.pk}/").status_code == 204
    assert limited.client("admin").delete(f"{ranges(limited)}{mine.pk}/").status_code == 204
    assert not IPRange.objects.exists()


def test_ranges_of_one_customer_say_nothing_about_another(limited):
    body = {"hostname": "edge1", "mgmt_ip": "198.51.100.1", "platform": "cisco_ios"}
    assert limited.client("stranger").post(f"{API}/devices/", body).status_code == 201
    assert limited.client("stranger").get(ranges(limited)).status_code == 404
    mine = IPRange.objects.first()
    theirs = f"{API}/customers/{limited.theirs.pk}/ranges/{mine.pk}/"
    assert limited.client("boss").delete(theirs).status_code == 404
    assert Device.objects.filter(mgmt_ip="198.51.100.1").count() == 1
