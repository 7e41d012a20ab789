"""Credentials, sites and customers over REST."""

from __future__ import annotations

import pytest

from webnet_core.access.models import Customer
from webnet_core.audit.models import AuditEvent
from webnet_core.secrets.models import Credential
from webnet_core.testing.sshkeys import make_key_pair

API = "/api/v1"
SECRETS = {"password": "p4ss w0rd ", "enable_password": "en4ble", "ssh_private_key": make_key_pair().private}


def test_secrets_go_in_and_never_come_out(world):
    made = world.client("operator").post(f"{API}/credentials/", {"name": "core", "username": "root", **SECRETS})
    path = f"{API}/credentials/{made.json()['id']}/"
    answers = [
        made,
        world.client("admin").get(path),
        world.client("admin").get(f"{API}/credentials/"),
        world.client("operator").put(path, {"password": "another"}),
    ]
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code in (200, 201)
        assert not [value for value in (*SECRETS.values(), "another") if value.strip() in text]
    assert made.json()["has_password"] is made.json()["has_ssh_private_key"] is True
    stored = Credential.objects.get(pk=made.json()["id"])
    assert stored.reveal().enable_password == "en4ble"
    for event in AuditEvent.objects.filter(action__startswith="credentials."):
        assert "another" not in str(event.data)
        assert "en4ble" not in str(event.data)


def test_blanks_at_the_ends_of_a_secret_count(world):
    made = world.client("operator").post(f"{API}/credentials/", {"name": "core", "username": "root", **SECRETS})
    assert Credential.objects.get(pk=made.json()["id"]).reveal().password == SECRETS["password"]


def test_the_version_rises_with_what_it_opens_and_with_nothing_else(world):
    client, path = world.client("operator"), f"{API}/credentials/{world.credential.pk}/"
    same = world.credential.reveal().password
    assert client.put(path, {"password": "other"}).json()["version"] == 2
    assert client.put(path, {"password": "other"}).json()["version"] == 2
    assert client.put(path, {"name": "renamed"}).json()["version"] == 2
    assert client.patch(path, {"username": "root"}).json()["version"] == 3
    assert client.patch(path, {"password": same}).json()["version"] == 4
    events = AuditEvent.objects.filter(action="credentials.update").order_by("pk")
    assert [sorted(event.data["after"]) for event in events] == [
        ["password", "version"],
        ["name"],
        ["username", "version"],
        ["password", "version"],
    ]


def test_what_is_left_out_stays_and_an_empty_secret_is_removed(world):
    client, path = world.client("operator"), f"{API}/credentials/{world.credential.pk}/"
    client.put(path, {"enable_password": "e"})
    answer = client.put(path, {"enable_password": ""}).json()
    assert (answer["has_password"], answer["has_enable_password"]) == (True, False)


def test_a_stored_secret_that_no_key_opens_can_be_replaced(world):
    Credential.objects.filter(pk=world.credential.pk).update(password="x")
    answer = world.client("operator").put(f"{API}/credentials/{world.credential.pk}/", {"password": "new"})
    assert answer.status_code == 200
    world.credential.refresh_from_db()
    assert world.credential.reveal().password == "new"


@pytest.mark.parametrize("what", ["credentials", "sites"])
def test_what_devices_use_is_not_deleted_and_the_answer_names_them(world, what):
    row = world.credential if what == "credentials" else world.site
    answer = world.client("operator").delete(f"{API}/{what}/{row.pk}/")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "conflict")
    assert {item["name"] for item in body["used_by"]} == {device.hostname for device in world.devices}
    assert world.devices[0].hostname in body["message"]
    assert not AuditEvent.objects.filter(action=f"{what}.delete").exists()


@pytest.mark.parametrize("what", ["credentials", "sites"])
def test_what_nothing_uses_is_deleted_and_recorded(world, what):
    client = world.client("operator")
    body = {"name": "spare", "username": "u"} if what == "credentials" else {"name": "spare"}
    made = client.post(f"{API}/{what}/", body).json()
    assert client.delete(f"{API}/{what}/{made['id']}/").status_code == 204
    assert client.get(f"{API}/{what}/{made['id']}/").status_code == 404
    assert AuditEvent.objects.filter(action=f"{what}.delete", object_label="spare").count() == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "London"}, "name"),
        ({"name": ""}, "name"),
        ({}, "name"),
        ({"name": "x", "queue": "Upper Case"}, "queue"),
        ({"name": "x", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": "x", "customer_id": 999_999}, "customer_id"),
        ({"name": "x", "created_at": "2020-01-01T00:00:00Z"}, "created_at"),
    ],
)
def test_what_is_wrong_with_a_site_is_named(world, body, path):
    answer = world.client("operator").post(f"{API}/sites/", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)


def test_a_global_admin_makes_and_changes_customers(world):
    client = world.client("boss")
    made = client.post(f"{API}/customers/", {"name": "New", "description": "d"})
    assert made.status_code == 201
    changed = client.put(f"{API}/customers/{made.json()['id']}/", {"name": "Newer"})
    assert (changed.json()["name"], changed.json()["description"]) == ("Newer", "d")
    assert client.post(f"{API}/customers/", {"name": "Newer"}).status_code == 400
    actions = AuditEvent.objects.filter(action__startswith="customers.").values_list("action", flat=True)
    assert sorted(actions) == ["customers.create", "customers.update"]
    assert Customer.objects.filter(name="Newer").count() == 1


def test_a_member_sees_only_their_own_customers(world):
    names = [row["name"] for row in world.client("viewer").get(f"{API}/customers/").json()["results"]]
    assert names == ["Ours"]


def test_an_object_cannot_be_moved_to_another_customer(world):
    for path in (f"sites/{world.site.pk}", f"credentials/{world.credential.pk}", f"devices/{world.devices[0].pk}"):
        answer = world.client("boss").patch(f"{API}/{path}/", {"customer_id": world.theirs.pk})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")


def test_body_and_header_may_not_name_different_customers(world):
    header = {"X-Customer-ID": str(world.ours.pk)}
    body = {"name": "x", "customer_id": world.theirs.pk}
    assert world.client("boss").post(f"{API}/sites/", body, headers=header).status_code == 400
    made = world.client("boss").post(f"{API}/sites/", {"name": "x"}, headers=header)
    assert (made.status_code, made.json()["customer_id"]) == (201, world.ours.pk)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("pem", [False, True])
def test_private_keys_of_three_kinds_and_two_forms_are_taken(world, kind, pem):
    key = make_key_pair(kind, pem=pem).private
    given = {"name": "core", "username": "root", "ssh_private_key": key}
    made = world.client("operator").post(f"{API}/credentials/", given)
    assert made.status_code == 201, made.content
    assert Credential.objects.get(pk=made.json()["id"]).reveal().ssh_private_key == key


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (make_key_pair(passphrase="word").private, "key_has_passphrase"),
        (make_key_pair("rsa", passphrase="word", pem=True).private, "key_has_passphrase"),
        (make_key_pair().private[:-60], "invalid_key"),
        (make_key_pair().public, "invalid_key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\ns3cretpart\n-----END OPENSSH PRIVATE KEY-----\n", "invalid_key"),
        ("s3cretpart", "invalid_key"),
        ("s3cretpart\u00e9", "invalid_key"),
    ],
    ids=["passphrase", "pem-passphrase", "cut", "public", "empty", "text", "not-ascii"],
)
def test_what_no_driver_could_use_as_a_key_is_refused_when_it_is_entered(world, key, code):
    given = {"name": "core", "username": "root", "ssh_private_key": key}
    for answer in (
        world.client("operator").post(f"{API}/credentials/", given),
        world.client("operator").put(f"{API}/credentials/{world.credential.pk}/", {"ssh_private_key": key}),
    ):
        errors = answer.json()["errors"]
        assert (answer.status_code, errors[0]["path"], errors[0]["code"]) == (400, "ssh_private_key", code)
        assert "s3cretpart" not in answer.content.decode()
    assert Credential.objects.get(pk=world.credential.pk).ssh_private_key == ""
