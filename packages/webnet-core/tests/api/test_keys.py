"""API keys: shown once, kept as a digest, and never worth more than their owner."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from tests.api.conftest import JSONClient

from webnet_core.access.apikeys import create_key, revoke_all_keys, user_of
from webnet_core.access.models import ApiKey, Membership
from webnet_core.access.permissions import PersonRequired
from webnet_core.access.scope import customer_ids
from webnet_core.audit.models import AuditEvent
from webnet_core.exceptions import InvalidInput, NotFound, PermissionDenied
from webnet_core.jobs.cancel import cancel
from webnet_core.jobs.submit import submit
from webnet_core.testing.access import reauthenticated

API = "/api/v1"
RUN = {"task": "talker.ask", "targets": {"all": True}, "params": {"commands": ["show version"]}}


def key_of(world, who, *scopes, **more):
    """Return a new key's text and its row."""
    user = reauthenticated(world.users[who]) if "devices.repoint" in scopes else world.users[who]
    row, text = create_key(user, {"name": f"of {who} {ApiKey.objects.count()}", "scopes": list(scopes), **more})
    return text, row


def program(text, header="X-API-Key"):
    client = JSONClient(enforce_csrf_checks=True)
    client.defaults["HTTP_" + header.upper().replace("-", "_")] = text
    return client


def test_a_key_is_shown_once_and_nothing_stored_gives_it_back(world):
    client = world.client("operator")
    made = client.post(f"{API}/api-keys/", {"name": "nightly import", "scopes": ["view", "devices.edit"]})
    body = made.json()
    assert made.status_code == 201
    assert body["key"].startswith(f"webnet_{body['key_prefix']}_")
    row = ApiKey.objects.get(pk=body["id"])
    secret = body["key"].partition("_")[2].partition("_")[2]
    assert len(secret) >= 43
    assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
    for path in ("api-keys/", f"api-keys/{row.pk}/"):
        assert secret not in client.get(f"{API}/{path}").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM webnet_core_apikey")
        assert secret not in str(cursor.fetchall())
    event = AuditEvent.objects.get(action="apikeys.create")
    assert secret not in str(event.__dict__)
    assert set(body) - {"key"} == set(client.get(f"{API}/api-keys/{row.pk}/").json())


def test_it_lasts_ninety_days_unless_said_otherwise_and_never_longer_than_a_year(world):
    client = world.client("operator")
    row = ApiKey.objects.get(pk=client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"]}).json()["id"])
    assert timedelta(days=89) < row.expires_at - timezone.now() <= timedelta(days=90)
    for days, code in ((30, 201), (-1, 400), (400, 400)):
        at = (timezone.now() + timedelta(days=days)).isoformat()
        answer = client.post(f"{API}/api-keys/", {"name": f"b{days}", "scopes": ["view"], "expires_at": at})
        assert answer.status_code == code


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["*"]}, "scopes"),
        ({"scopes": ["veiw"]}, "scopes"),
        ({"scopes": "view"}, "scopes"),
        ({"scopes": None}, "scopes"),
        ({"name": ""}, "name"),
        ({"customer_id": 999_999}, "customer_id"),
        ({"user": 1}, "user"),
        ({"prefix": "x"}, "prefix"),
        ({"digest": "x"}, "digest"),
        ({"last_used_at": None}, "last_used_at"),
    ],
)
def test_what_is_wrong_makes_no_key(world, change, path):
    answer = world.client("operator").post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"], **change})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, path)
    assert not ApiKey.objects.filter(user=world.users["operator"]).exists()


def test_a_key_whose_scopes_are_not_named_only_reads(world):
    client = world.client("operator")
    assert client.post(f"{API}/api-keys/", {"name": "a"}).json()["scopes"] == ["view"]
    assert client.post(f"{API}/api-keys/", {"name": "b", "scopes": []}).status_code == 400


def test_a_foreign_customer_is_refused_like_a_missing_one(world):
    client = world.client("operator")
    theirs = client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"], "customer_id": world.theirs.pk})
    missing = client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"], "customer_id": 999_999})
    assert theirs.status_code == missing.status_code == 400
    assert theirs.json()["message"].replace(str(world.theirs.pk), "X") == missing.json()["message"].replace(
        "999999", "X"
    )


@pytest.mark.parametrize("header", ["X-API-Key", "Authorization"])
def test_a_key_is_taken_in_either_header_and_needs_no_csrf_token(world, header):
    text, row = key_of(world, "operator", "view", "sites.edit")
    client = program(f"Bearer {text}" if header == "Authorization" else text, header)
    assert client.get(f"{API}/devices/").json()["count"] == 3
    assert client.post(f"{API}/sites/", {"name": "Rome"}).status_code == 201
    assert AuditEvent.objects.get(action="sites.create").door == f"key {row.prefix}"


def test_a_key_is_not_taken_from_the_address_of_the_page_or_a_cookie(world):
    text, _ = key_of(world, "operator", "view")
    client = JSONClient()
    client.cookies["X-API-Key"] = text
    assert client.get(f"{API}/devices/").status_code == 401
    assert client.get(f"{API}/devices/", {"api_key": text}).status_code == 401


def test_a_key_does_what_it_is_for_and_nothing_else(world):
    text, _ = key_of(world, "operator", "view")
    client = program(text)
    device = world.devices[0]
    assert client.get(f"{API}/devices/{device.pk}/").status_code == 200
    assert client.post(f"{API}/tasks/execute/", RUN).status_code == 403
    for answer, action in (
        (client.patch(f"{API}/devices/{device.pk}/", {"role": "x"}), "devices.edit"),
        (client.post(f"{API}/sites/", {"name": "x"}), "sites.edit"),
        (client.delete(f"{API}/credentials/{world.credential.pk}/"), "credentials.edit"),
    ):
        assert (answer.status_code, answer.json()["action"]) == (403, action)


def test_viewing_does_not_go_without_saying(world):
    client = program(key_of(world, "operator", "jobs.run")[0])
    assert client.get(f"{API}/devices/").status_code == 403
    assert client.get(f"{API}/devices/{world.devices[0].pk}/").status_code == 403
    assert client.post(f"{API}/tasks/execute/", RUN).status_code in {400, 403, 404}
    assert world.finished_job().total == 3  # nothing of the key's was queued beside it


def test_no_service_does_more_for_a_key_than_its_views(world):
    """An operator's key that may only look runs no job and changes no device by any service."""
    job = world.job()
    user, _ = user_of(key_of(world, "operator", "view")[0], "")
    with pytest.raises((PermissionDenied, InvalidInput, NotFound)):
        submit(user, **RUN)
    with pytest.raises((PermissionDenied, NotFound)):
        cancel(user, job)
    from webnet_core.inventory.devices import create_device, delete_device, update_device

    with pytest.raises(PermissionDenied):
        update_device(user, world.devices[0], {"role": "x"})
    with pytest.raises(PermissionDenied):
        create_device(user, world.ours.pk, {"hostname": "n", "mgmt_ip": "192.0.2.9", "platform": "cisco_ios"})
    with pytest.raises(PermissionDenied):
        delete_device(user, world.devices[0])


def test_scopes_give_nothing_that_the_owner_does_not_have(world):
    client = program(key_of(world, "viewer", "view", "devices.edit", "customers.edit", "users.edit", "jobs.run")[0])
    device = world.devices[0]
    assert client.get(f"{API}/devices/").status_code == 200
    assert client.patch(f"{API}/devices/{device.pk}/", {"role": "x"}).status_code == 403
    assert client.post(f"{API}/customers/", {"name": "x"}).status_code == 403
    assert client.get(f"{API}/devices/{world.foreign_device.pk}/").status_code == 404


def test_a_key_loses_at_once_what_its_owner_loses(world):
    client = program(key_of(world, "operator", "view", "devices.edit")[0])
    path = f"{API}/devices/{world.devices[0].pk}/"
    assert client.patch(path, {"role": "x"}).status_code == 200
    Membership.objects.filter(user=world.users["operator"]).update(role="viewer")
    assert client.patch(path, {"role": "y"}).status_code == 403
    Membership.objects.filter(user=world.users["operator"]).delete()
    assert client.get(path).status_code == 403


def test_a_key_for_one_customer_sees_no_other(world):
    text, _ = key_of(world, "boss", "view", "devices.edit", "customers.edit", customer_id=world.ours.pk)
    client = program(text)
    assert client.get(f"{API}/devices/").json()["count"] == 3
    assert client.get(f"{API}/devices/{world.foreign_device.pk}/").status_code == 404
    assert client.patch(f"{API}/devices/{world.foreign_device.pk}/", {"role": "x"}).status_code == 404
    assert client.get(f"{API}/devices/", headers={"X-Customer-ID": str(world.theirs.pk)}).status_code == 404
    assert client.post(f"{API}/customers/", {"name": "x"}).status_code == 403
    assert [row["name"] for row in client.get(f"{API}/customers/").json()["results"]] == ["Ours"]
    user, _ = user_of(text, "")
    assert customer_ids(user) == {world.ours.pk}


def test_a_key_for_a_customer_its_owner_has_left_sees_nothing(world):
    client = program(key_of(world, "operator", "view", customer_id=world.ours.pk)[0])
    Membership.objects.filter(user=world.users["operator"]).update(customer=world.theirs)
    assert client.get(f"{API}/devices/").status_code == 403


def test_a_key_makes_and_changes_no_keys_and_ends_no_logins(world):
    text, row = key_of(world, "admin", "view", "users.edit", "memberships.edit")
    client = program(text)
    for answer in (
        client.get(f"{API}/api-keys/"),
        client.get(f"{API}/api-keys/{row.pk}/"),
        client.post(f"{API}/api-keys/", {"name": "b", "scopes": ["view"]}),
        client.post(f"{API}/api-keys/{row.pk}/revoke/"),
        client.delete(f"{API}/api-keys/{row.pk}/"),
        client.post(f"{API}/auth/reauthenticate/", {"password": "x"}),
        client.post(f"{API}/auth/logout/"),
        client.get(f"{API}/auth/logins/"),
        client.delete(f"{API}/auth/logins/{world.family.pk}/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "person_required")
    assert client.get(f"{API}/auth/me/").status_code == 200
    user, _ = user_of(text, "")
    with pytest.raises(PersonRequired):
        create_key(user, {"name": "c", "scopes": ["view"]})


def test_a_key_that_may_re_point_devices_is_made_with_the_password_anew_only(world):
    body = {"name": "import", "scopes": ["view", "devices.edit", "devices.repoint"]}
    refused = world.client("operator").post(f"{API}/api-keys/", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required")
    assert not ApiKey.objects.filter(name="import").exists()
    reauthenticated(world.users["operator"])
    made = world.client("operator").post(f"{API}/api-keys/", body)
    assert made.status_code == 201
    device = world.devices[0]
    change = {"mgmt_ip": "192.0.2.251"}
    assert program(made.json()["key"]).patch(f"{API}/devices/{device.pk}/", change).status_code == 200
    without = program(key_of(world, "admin", "view", "devices.edit")[0]).patch(f"{API}/devices/{device.pk}/", change)
    assert without.status_code == 200, "the address is that already"
    without = program(key_of(world, "admin", "view", "devices.edit")[0]).patch(
        f"{API}/devices/{device.pk}/", {"port": 2222}
    )
    assert (without.status_code, without.json()["action"]) == (403, "devices.repoint")


@pytest.mark.parametrize("end", ["revoke", "delete", "expire", "deactivate", "revoke_all"])
def test_a_key_that_has_ended_opens_nothing(world, end):
    text, row = key_of(world, "operator", "view")
    client, person = program(text), world.client("operator")
    assert client.get(f"{API}/devices/").status_code == 200
    if end == "revoke":
        assert person.post(f"{API}/api-keys/{row.pk}/revoke/").status_code == 204
        assert person.get(f"{API}/api-keys/{row.pk}/").json()["is_active"] is False
    elif end == "delete":
        assert person.delete(f"{API}/api-keys/{row.pk}/").status_code == 204
    elif end == "expire":
        ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    elif end == "deactivate":
        world.users["operator"].is_active = False
        world.users["operator"].save()
    else:
        assert revoke_all_keys(world.users["operator"]) == 1
    assert client.get(f"{API}/devices/").status_code == 401


def test_nobody_sees_or_ends_the_key_of_somebody_else(world):
    _, row = key_of(world, "operator", "view")
    for who in ("viewer", "admin", "stranger", "boss"):
        client = world.client(who)
        assert row.pk not in [one["id"] for one in client.get(f"{API}/api-keys/").json()["results"]]
        for answer in (
            client.get(f"{API}/api-keys/{row.pk}/"),
            client.delete(f"{API}/api-keys/{row.pk}/"),
            client.post(f"{API}/api-keys/{row.pk}/revoke/"),
        ):
            assert answer.status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("a" if text[-1] != "a" else "b"),
        lambda text: text + "a",
        lambda text: text.removeprefix("webnet_"),
        lambda text: text.rpartition("_")[0],
        lambda text: "webnet_" + "f" * 12 + "_" + text[20:],
        lambda _text: "",
        lambda _text: "webnet_",
        lambda _text: "webnet__",
        lambda _text: "webnet_\x00_é",
        lambda text: text.upper(),
        lambda text: text * 500,
    ],
)
def test_what_is_not_quite_the_key_is_401(world, spoil):
    text, _ = key_of(world, "operator", "view")
    answer = JSONClient().get(f"{API}/devices/", HTTP_X_API_KEY=spoil(text))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


def test_its_use_is_noted_at_most_once_a_minute(world):
    text, row = key_of(world, "operator", "view")
    client = program(text)
    client.get(f"{API}/devices/", REMOTE_ADDR="192.0.2.7")
    row.refresh_from_db()
    first = row.last_used_at
    assert (row.last_used_address, first is not None) == ("192.0.2.7", True)
    client.get(f"{API}/devices/", REMOTE_ADDR="192.0.2.8")
    row.refresh_from_db()
    assert (row.last_used_at, row.last_used_address) == (first, "192.0.2.7")
    ApiKey.objects.filter(pk=row.pk).update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.get(f"{API}/devices/", REMOTE_ADDR="192.0.2.8")
    row.refresh_from_db()
    assert row.last_used_address == "192.0.2.8"


def test_a_name_is_free_again_when_its_key_is_revoked(world):
    client = world.client("operator")
    first = client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"]}).json()
    assert client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"]}).status_code == 400
    client.post(f"{API}/api-keys/{first['id']}/revoke/")
    assert client.post(f"{API}/api-keys/", {"name": "a", "scopes": ["view"]}).status_code == 201


def test_the_description_names_the_key_as_a_way_in(world):
    schema = world.client("viewer").get(f"{API}/schema/").json()
    assert schema["components"]["securitySchemes"]["apiKey"] == {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    assert {"apiKey": []} in schema["paths"]["/api/v1/devices/"]["get"]["security"]
    assert "security" not in schema["paths"]["/api/v1/auth/login/"]["post"]
