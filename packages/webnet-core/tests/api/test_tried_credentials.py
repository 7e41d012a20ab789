"""Several credentials for a device or a site: who sets them, in which order they come, and what stays out."""

from __future__ import annotations

import pytest

from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import PermissionDenied
from webnet_core.inventory.contacts import record_contacts
from webnet_core.inventory.hostkeys import pin
from webnet_core.inventory.logins import credentials_to_try, set_device_credentials
from webnet_core.inventory.models import Device, DeviceCredential, HostKey, SiteCredential
from webnet_core.plugin import HostStatus, Outcome
from webnet_core.testing.access import reauthenticated
from webnet_core.testing.factories import make_credential

API = "/api/v1"
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIGs0OqNTw2Z0d2FzZ2Fhc2dhc2dhc2dhc2dhc2dhc2Rm"


@pytest.fixture
def spare(world):
    return [make_credential(world.ours, name=name) for name in ("spare 1", "spare 2", "spare 3")]


@pytest.fixture
def operator(world):
    reauthenticated(world.users["operator"])
    return world.client("operator")


def paths(world):
    return f"{API}/devices/{world.devices[0].pk}/credentials/", f"{API}/sites/{world.site.pk}/credentials/"


def test_they_are_set_and_shown_in_their_order_by_id_or_name(world, operator, spare):
    for path in paths(world):
        answer = operator.put(path, {"credentials": [spare[1].pk, "spare 1"]})
        assert answer.status_code == 200, answer.content
        assert [item["name"] for item in answer.json()["credentials"]] == ["spare 2", "spare 1"]
        assert world.client("viewer").get(path).json() == answer.json()
        again = operator.put(path, {"credentials": [spare[0].pk, spare[1].pk, spare[2].pk]})
        assert [item["id"] for item in again.json()["credentials"]] == [one.pk for one in spare]
        assert operator.put(path, {"credentials": []}).json() == {"credentials": []}
    assert not DeviceCredential.objects.exists()
    assert not SiteCredential.objects.exists()
    event = AuditEvent.objects.filter(action="devices.credentials").order_by("pk").first()
    assert event.data["before"] == {"credentials": []}
    assert event.data["after"] == {"credentials": ["spare 2", "spare 1"]}
    assert event.data["proof"] == "password"
    assert AuditEvent.objects.filter(action="sites.credentials").count() == 3


def test_without_the_password_again_nobody_sets_them(world, spare):
    for who in ("operator", "admin", "boss"):
        for path in paths(world):
            answer = world.client(who).put(path, {"credentials": [spare[0].pk]})
            assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_required")
    assert not DeviceCredential.objects.exists()
    assert not SiteCredential.objects.exists()


def test_viewers_and_strangers_set_none_and_strangers_see_none(world, spare):
    for path in paths(world):
        for who, status in (("viewer", 403), ("stranger", 404), ("anonymous", 401)):
            if who != "anonymous":
                reauthenticated(world.users[who])
            assert world.client(who).put(path, {"credentials": [spare[0].pk]}).status_code == status
        assert world.client("stranger").get(path).status_code == 404
    with pytest.raises(PermissionDenied):
        set_device_credentials(reauthenticated(world.users["stranger"]), world.devices[0], [spare[0].pk])


def test_a_credential_of_another_customer_is_as_unknown_as_one_that_is_not_there(world, operator):
    for path in paths(world):
        answers = [
            operator.put(path, {"credentials": [wanted]})
            for wanted in (world.foreign_credential.pk, 10**9, world.foreign_credential.name)
        ]
        errors = [answer.json()["errors"][0] for answer in answers]
        assert {answer.status_code for answer in answers} == {400}
        assert {(error["path"], error["code"]) for error in errors} == {("credentials.0", "unknown_credential")}
        said = [error["message"] for error in errors[:2]]
        assert said[0].replace(str(world.foreign_credential.pk), "N") == said[1].replace(str(10**9), "N")


@pytest.mark.parametrize(
    "given", [None, [None], [True], [1.5], [{}], "x", [0], ["x"] * 11, {}, [[]]], ids=lambda given: repr(given)[:20]
)
def test_nonsense_is_refused(world, operator, given):
    for path in paths(world):
        assert operator.put(path, {"credentials": given}).status_code == 400
        assert operator.put(path, {}).status_code == 400


def test_one_given_twice_is_refused(world, operator, spare):
    for path in paths(world):
        answer = operator.put(path, {"credentials": [spare[0].pk, spare[0].name]})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "duplicate")


def test_a_new_one_drops_the_devices_pinned_keys_and_another_order_does_not(world, operator, spare):
    device, path = world.devices[0], paths(world)[0]
    pin(device.pk, "ssh-ed25519", KEY)
    operator.put(path, {"credentials": [spare[0].pk, spare[1].pk]})
    device.refresh_from_db()
    assert not HostKey.objects.filter(device=device).exists()
    assert device.repinning_required
    Device.objects.filter(pk=device.pk).update(repinning_required=False)
    pin(device.pk, "ssh-ed25519", KEY)
    operator.put(path, {"credentials": [spare[1].pk, spare[0].pk]})
    operator.put(path, {"credentials": [spare[1].pk]})
    operator.put(paths(world)[1], {"credentials": [spare[2].pk]})
    assert HostKey.objects.filter(device=device).exists()


def test_what_is_tried_somewhere_is_not_deleted(world, operator, spare):
    operator.put(paths(world)[1], {"credentials": [spare[0].pk]})
    assert operator.delete(f"{API}/credentials/{spare[0].pk}/").status_code == 409


def tried(world, position=0):
    devices = list(Device.objects.select_related("credential").order_by("pk"))
    return [one.name for one in credentials_to_try(devices)[world.devices[position].pk]]


def test_the_order_is_last_opened_own_further_site_and_each_comes_once(
    world, operator, spare, django_assert_num_queries
):
    device_path, site_path = paths(world)
    operator.put(device_path, {"credentials": [spare[1].pk, world.credential.pk]})
    operator.put(site_path, {"credentials": [spare[0].pk, spare[1].pk, spare[2].pk]})
    assert tried(world) == ["lab", "spare 2", "spare 1", "spare 3"]
    assert tried(world, 1) == ["lab", "spare 1", "spare 2", "spare 3"]
    record_contacts({world.devices[0].pk: Outcome(status=HostStatus.OK, opened_by=spare[2].pk)})
    assert tried(world) == ["spare 3", "lab", "spare 2", "spare 1"]
    operator.put(site_path, {"credentials": [spare[0].pk]})
    assert tried(world) == ["lab", "spare 2", "spare 1"], "what is no longer in the list is not tried"
    devices = list(Device.objects.select_related("credential"))
    with django_assert_num_queries(2):
        credentials_to_try(devices)


def test_what_opened_is_remembered_of_the_same_customer_only(world, spare):
    ours, theirs = world.devices[0], world.foreign_device
    record_contacts({pk: Outcome(status=HostStatus.OK, opened_by=spare[0].pk) for pk in (ours.pk, theirs.pk)})
    assert Device.objects.get(pk=ours.pk).opened_by == spare[0]
    assert Device.objects.get(pk=theirs.pk).opened_by is None
    record_contacts({ours.pk: Outcome(status=HostStatus.OK)})
    assert Device.objects.get(pk=ours.pk).opened_by == spare[0]
    record_contacts({ours.pk: Outcome(status=HostStatus.OK, opened_by=spare[1].pk)})
    assert Device.objects.get(pk=ours.pk).opened_by == spare[1]


def test_a_foreign_row_that_got_into_the_table_is_not_tried(world):
    # Written past the services; the secret must stay with its customer all the same.
    row = DeviceCredential(device=world.devices[0], credential=world.foreign_credential, position=1)
    assert row.credential.customer_id != world.ours.pk
    world.devices[0].credential = world.foreign_credential
    assert credentials_to_try([world.devices[0]])[world.devices[0].pk] == []
