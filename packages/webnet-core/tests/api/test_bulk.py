"""Many devices at once: all or none, errors by place, and no way round the password."""

from __future__ import annotations

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.models import Device, HostKey, IPRange, SiteCredential, Tag
from webnet_core.inventory.selections import freeze
from webnet_core.testing.access import reauthenticated

API = "/api/v1"
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def device(number, **fields):
    return {"hostname": f"new{number}", "mgmt_ip": f"192.0.2.{100 + number}", "platform": "cisco_ios", **fields}


def paths(answer):
    return {error["path"] for error in answer.json()["errors"]}


def ids(world):
    return [row.pk for row in world.devices]


# ------------------------------------------------------------------------------------------------------------- making


def test_devices_are_made_together_with_tags_and_an_audit_row_each(world):
    rows = [device(1, tags={"env": "lab"}), device(2, site="London", role="edge", tags={"env": "lab", "spare": ""})]
    answer = world.client("operator").post(f"{API}/devices/bulk/", {"devices": rows})
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["count"], [row["hostname"] for row in made["results"]]) == (2, ["new1", "new2"])
    second = Device.objects.get(pk=made["results"][1]["id"])
    assert (second.site, {str(tag) for tag in second.tags.all()}) == (world.site, {"env=lab", "spare"})
    assert AuditEvent.objects.filter(action="devices.create").count() == 2
    assert Tag.objects.count() == 2


def test_every_error_is_named_by_the_place_of_its_device_and_nothing_is_stored(world):
    IPRange.objects.create(customer=world.ours, cidr="192.0.2.0/24")
    rows = [
        device(1),
        device(2, site="Paris", driver="telepathy"),
        device(1),
        device(3, mgmt_ip="198.51.100.1", tags={"a b": ""}),
        device(4, hostname=world.devices[0].hostname),
    ]
    answer = world.client("operator").post(f"{API}/devices/bulk/", {"devices": rows})
    assert answer.status_code == 400
    assert paths(answer) == {
        "devices.1.site",
        "devices.1.driver",
        "devices.2.hostname",
        "devices.3.mgmt_ip",
        "devices.3.tags.a b",
        "devices.4.hostname",
    }
    assert not Device.objects.filter(hostname__startswith="new").exists()
    assert not Tag.objects.exists()


NO_LISTS = [[], [device(1)] * 1001, [{"hostname": "x"}], {}, [1]]


def test_what_is_no_list_of_devices_is_refused(world):
    for rows in NO_LISTS:
        answer = world.client("operator").post(f"{API}/devices/bulk/", {"devices": rows})
        assert (answer.status_code, paths(answer).pop().partition(".")[0]) == (400, "devices")


@pytest.mark.parametrize("by_site", [True, False])
def test_new_devices_get_no_stored_secret_without_the_password(world, by_site):
    if by_site:
        SiteCredential.objects.create(site=world.site, credential=world.credential, position=1)
    secret = {"site": "London"} if by_site else {"credentials_ref": "lab"}
    body = {"devices": [device(1), device(2, **secret)]}
    refused = world.client("operator").post(f"{API}/devices/bulk/", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert not Device.objects.filter(hostname="new1").exists()
    reauthenticated(world.users["operator"])
    assert world.client("operator").post(f"{API}/devices/bulk/", body).status_code == 201
    told = AuditEvent.objects.filter(action="devices.create").latest("pk")
    assert told.data["proof"] == "password"


# ----------------------------------------------------------------------------------------------------------- changing


def change(world, changes, who="operator", **which):
    return world.client(who).patch(
        f"{API}/devices/bulk/", {"changes": changes, **(which or {"device_ids": ids(world)})}
    )


def test_a_frozen_selection_is_changed_whatever_the_filter_says_later(world):
    client = world.client("operator")
    frozen = client.post(f"{API}/selections/", {"targets": {"role": "access"}}).json()
    assert (frozen["count"], set(frozen["device_ids"])) == (3, set(ids(world)))
    late = client.post(f"{API}/devices/", device(9, role="access")).json()["id"]
    answer = change(world, {"role": "core", "tags": {"env": "prod"}}, selection=frozen["id"])
    assert answer.json() == {"count": 3, "changed": 3}
    assert Device.objects.get(pk=late).role == "access"
    assert Device.objects.filter(role="core", tags__name="env").count() == 3
    told = AuditEvent.objects.filter(action="devices.update")
    assert [row.data["after"] for row in told] == [{"role": "core", "tags": ["env=prod"]}] * 3
    assert change(world, {"role": "core"}, selection=frozen["id"]).json() == {"count": 3, "changed": 0}


def test_a_selection_holds_disabled_devices_so_that_they_can_be_enabled(world):
    assert change(world, {"enabled": False, "disabled_reason": "night"}).json()["changed"] == 3
    frozen = world.client("operator").post(f"{API}/selections/", {"targets": {"all": True}}).json()
    assert change(world, {"enabled": True}, selection=frozen["id"]).json()["changed"] == 3
    assert set(Device.objects.filter(customer=world.ours).values_list("disabled_reason", "disabled_by")) == {("", "")}


def test_who_disabled_a_device_first_stays(world):
    first = world.devices[0]
    world.client("admin").post(f"{API}/devices/{first.pk}/disable/", {"reason": "broken"})
    change(world, {"enabled": False, "disabled_reason": "night"})
    found = dict(Device.objects.filter(customer=world.ours).values_list("pk", "disabled_by"))
    assert found == {first.pk: "admin", world.devices[1].pk: "operator", world.devices[2].pk: "operator"}


def test_an_error_that_all_have_is_told_once_and_others_by_place(world):
    answer = change(world, {"site": "Paris", "port": 22})
    assert paths(answer) == {"changes.site"}
    Device.objects.filter(pk=world.devices[1].pk).update(platform="juniper_junos")
    answer = change(world, {"vendor": "Cisco", "role": "core"})
    assert paths(answer) == {"device_ids.1.vendor"}
    assert not Device.objects.filter(role="core").exists()
    answer = change(world, {"hostname": "one"})
    assert paths(answer) == {"device_ids.1.hostname", "device_ids.2.hostname"}


@pytest.mark.parametrize(
    "changes",
    [{"mgmt_ip": "192.0.2.250"}, {"port": 2222}, {"credential": None}, {"site": None},
     {"connection_options": {"netmiko": {"sock": "elsewhere"}}}],
)  # fmt: skip
def test_many_devices_are_pointed_elsewhere_only_with_the_password(world, changes):
    HostKey.objects.all().delete()
    for row in world.devices:
        pin(row.pk, "ssh-ed25519", KEY)
    refused = change(world, {"role": "core", **changes})
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert HostKey.objects.count() == 3
    assert not Device.objects.filter(role="core").exists()
    reauthenticated(world.users["operator"])
    assert change(world, {"role": "core", **changes}).json()["changed"] == 3
    dropping = not {"mgmt_ip", "port", "credential"}.isdisjoint(changes)
    assert HostKey.objects.count() == (0 if dropping else 3)
    assert Device.objects.filter(repinning_required=dropping, customer=world.ours).count() == 3
    told = AuditEvent.objects.filter(action="devices.update").values_list("data", flat=True)
    assert {row["proof"] for row in told} == {"password"}


def test_a_foreign_device_is_as_unknown_as_a_missing_one(world):
    for pk in (world.foreign_device.pk, 999_999):
        answer = change(world, {"role": "core"}, device_ids=[world.devices[0].pk, pk])
        assert (answer.status_code, paths(answer)) == (400, {"device_ids.1"})
    assert (
        change(world, {"role": "core"}, who="boss", device_ids=[*ids(world), world.foreign_device.pk]).json()["errors"][
            0
        ]["code"]
        == "several_customers"
    )
    assert not Device.objects.filter(role="core").exists()


def test_a_foreign_selection_is_as_unknown_as_a_missing_one(world):
    theirs = freeze(world.users["stranger"], world.theirs.pk, [world.foreign_device.pk])
    missing = "99999999-9999-4999-8999-999999999999"
    for path, body in (("", {"changes": {"role": "core"}}), ("delete/", {})):
        send = world.client("operator").patch if not path else world.client("operator").post
        answers = [send(f"{API}/devices/bulk/{path}", {**body, "selection": str(pk)}) for pk in (theirs.pk, missing)]
        assert answers[0].json()["errors"] == answers[1].json()["errors"]
        assert {answer.status_code for answer in answers} == {400}
    assert Device.objects.filter(pk=world.foreign_device.pk, role="").exists()


UNSAID = [
    ({"device_ids": []}, "device_ids"),
    ({"device_ids": [1, 1]}, "device_ids"),
    ({"selection": "99999999-9999-4999-8999-999999999999"}, "selection"),
    ({"selection": "no"}, "selection"),
    ({"device_ids": [1], "selection": "99999999-9999-4999-8999-999999999999"}, "device_ids"),
]


def test_which_devices_must_be_said(world):
    for which, path in UNSAID:
        answer = change(world, {"role": "core"}, **which)
        assert (answer.status_code, paths(answer).pop().partition(".")[0]) == (400, path)
        assert change(world, {}).status_code == 400


# ----------------------------------------------------------------------------------------------------------- removing


def test_devices_are_removed_together_or_not_at_all(world):
    job = world.job(targets={"device_ids": [world.devices[1].pk]})
    client = world.client("operator")
    refused = client.post(f"{API}/devices/bulk/delete/", {"device_ids": ids(world)})
    assert (refused.status_code, paths(refused)) == (409, {"device_ids.1"})
    assert f"job {job.pk}" in refused.json()["errors"][0]["message"]
    assert Device.objects.filter(customer=world.ours).count() == 3
    gone = client.post(f"{API}/devices/bulk/delete/", {"device_ids": [ids(world)[0], ids(world)[2]]})
    assert gone.json() == {"count": 2}
    assert AuditEvent.objects.filter(action="devices.delete").count() == 2


def test_the_number_of_queries_does_not_grow_with_the_devices(world, django_assert_max_num_queries):
    reauthenticated(world.users["operator"])
    rows = [device(number, site="London", credential="lab", tags={"env": "lab"}) for number in range(60)]
    with django_assert_max_num_queries(30):
        made = world.client("operator").post(f"{API}/devices/bulk/", {"devices": rows}).json()["results"]
    which = [row["id"] for row in made]
    with django_assert_max_num_queries(30):
        assert change(world, {"role": "edge", "tags": {}}, device_ids=which).json()["changed"] == 60
    with django_assert_max_num_queries(40):
        assert world.client("operator").post(f"{API}/devices/bulk/delete/", {"device_ids": which}).status_code == 200
